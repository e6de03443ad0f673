#include "fields/condition.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using fields::Condition;
namespace json = foley::json;

namespace {

bool holds(const char* condition, const char* entity) {
    return Condition(json::parse(condition)).holds(json::parse(entity));
}

}  // namespace

TEST_CASE("all clauses must hold, of several values one", "[fields][condition]") {
    CHECK(Condition().holds(json::parse("{}")));
    CHECK(holds(R"({"s":["fin","apr"],"n":5})", R"({"s":"apr","n":5})"));
    CHECK_FALSE(holds(R"({"s":["fin","apr"],"n":5})", R"({"s":"apr","n":6})"));
    CHECK_FALSE(holds(R"({"s":"fin"})", "{}"));
}

TEST_CASE("values can be unwanted, or nothing", "[fields][condition]") {
    CHECK(holds(R"({"s":"!omt"})", R"({"s":"fin"})"));
    CHECK(holds(R"({"s":"!omt"})", R"({"s":null})"));
    CHECK_FALSE(holds(R"({"s":["!omt","!na"]})", R"({"s":"na"})"));
    CHECK(holds(R"({"s":null})", R"({"s":null})"));
    CHECK(holds(R"({"s":"!"})", R"({"s":"x"})"));
    CHECK_FALSE(holds(R"({"s":"!"})", R"({"s":null})"));
}

TEST_CASE("links are compared by name, lists of links by each", "[fields][condition]") {
    CHECK(holds(R"({"step":"Comp"})", R"({"step":{"type":"Step","id":1,"name":"Comp"}})"));
    CHECK(holds(R"({"a":"Ann"})", R"({"a":[{"id":1,"name":"Jane"},{"id":2,"name":"Ann"}]})"));
    CHECK(holds(R"({"a":""})", R"({"a":[]})"));
}

TEST_CASE("what an event says that a field became is allowed or not", "[fields][condition]") {
    const Condition condition(json::parse(R"({"s":"rev"})"));
    CHECK(condition.allows("s", json::parse("\"rev\"")));
    CHECK_FALSE(condition.allows("s", json::parse("\"ip\"")));
    CHECK(condition.allows("other", json::parse("\"ip\"")));
}

TEST_CASE("a condition that makes no sense is refused", "[fields][condition]") {
    for (const char* text : {R"("fin")", R"({"a b":1})", R"({"s":[]})", R"({"s":{"x":1}})"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(Condition(json::parse(text)), std::invalid_argument);
    }
}
