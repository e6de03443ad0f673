#include <foley/format.hpp>
#include <foley/value.hpp>

#include <catch2/catch.hpp>

#include <sstream>

using namespace foley;

namespace {

// Values with a document to live in.
struct Values {
    explicit Values(std::string_view text) : document(json::parse(text)) {}
    Value operator[](std::size_t index) const { return Value{json::element(document, index)}; }
    json::Document document;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a choice of several is split at its commas, trimmed, without empties and repetitions", "[sdk][value]") {
    const Values values(R"(["yul, lax", "yul", "", " , ,", null, ["b", "a", "b"], " yul ,lax,yul", 7, "\tyul\n"])");
    CHECK(values[0].texts() == Texts{"yul", "lax"});
    CHECK(values[1].texts() == Texts{"yul"});
    CHECK(values[2].texts().empty());
    CHECK(values[3].texts().empty());
    CHECK(values[4].texts().empty());
    CHECK(values[5].texts() == Texts{"b", "a"});
    CHECK(values[6].texts() == Texts{"yul", "lax"});
    CHECK(values[7].texts() == Texts{"7"});
    CHECK(values[8].texts() == Texts{"yul"});
    CHECK(Value{}.texts().empty());
}

TEST_CASE("a link to an entity reads as its name, or else its id", "[sdk][value]") {
    const Values values(R"([{"type":"Shot","id":860,"name":"sh010"}, {"type":"Shot","id":860}, {"x": 1},
                            [{"id":1,"name":"a"},{"id":2,"name":"b"}]])");
    CHECK(values[0].text() == "sh010");
    CHECK(values[1].text() == "860");
    CHECK(values[2].text() == R"({"x":1})");
    CHECK(values[3].texts() == Texts{"a", "b"});
}

TEST_CASE("what the site did not say is null, empty and no number", "[sdk][value]") {
    const Values values("[null]");
    for (const Value& value : {Value{}, values[0]}) {
        CHECK(value.is_null());
        CHECK_FALSE(value);
        CHECK(value.text().empty());
        CHECK_FALSE(value.number());
        CHECK_FALSE(value.integer());
        CHECK_FALSE(value.is_true());
        CHECK(value.json().IsNull());
    }
}

TEST_CASE("numbers and truth are read as ftrack writes them too, in strings", "[sdk][value]") {
    const Values values(R"(["1001.0", "12", 12, "x", "1", "0", true, "True", "12x", "", 9.5, "nan", "inf"])");
    CHECK(values[0].integer() == 1001);
    CHECK(values[0].number() == 1001.0);
    CHECK(values[1].integer() == 12);
    CHECK(values[2].integer() == 12);
    CHECK_FALSE(values[3].number());
    CHECK(values[4].is_true());
    CHECK_FALSE(values[5].is_true());
    CHECK(values[6].is_true());
    CHECK(values[7].is_true());
    CHECK_FALSE(values[8].number());
    CHECK_FALSE(values[9].number());
    CHECK_FALSE(values[10].integer());
    CHECK_FALSE(values[11].number());
    CHECK_FALSE(values[12].is_true());
}

TEST_CASE("a value prints as its text, a secret as stars", "[sdk][value]") {
    const Values values(R"(["ip", 5])");
    CHECK(fmt::format("{} {:>3}", values[0], values[1]) == "ip   5");
    CHECK(fmt::format("{}", Secret("hunter2")) == "***");
    std::ostringstream out;
    out << values[0] << Secret("hunter2");
    CHECK(out.str() == "ip***");
}
