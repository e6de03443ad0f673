#include <foley/site/error.hpp>
#include <foley/site/ftrack_expression.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <vector>

namespace ftrack = foley::site::ftrack;
using foley::site::ValidationError;

TEST_CASE("a text is quoted so that it cannot leave its quotes", "[site][expression]") {
    CHECK(ftrack::quoted("SH 010") == R"("SH 010")");
    CHECK(ftrack::quoted(R"(a"b)") == R"("a\"b")");
    CHECK(ftrack::quoted(R"(a\" or id is "x)") == R"("a\\\" or id is \"x")");
    CHECK(ftrack::quoted("it's") == R"("it\'s")");
    CHECK_THROWS_AS(ftrack::quoted("a\nb"), ValidationError);
}

TEST_CASE("only what looks like an id passes as one", "[site][expression]") {
    CHECK(ftrack::quoted_id("5a2d-Ef") == R"("5a2d-Ef")");
    for (const char* bad : {"", "a b", "a\"", "a,b", "a;", "ü"})
        CHECK_THROWS_AS(ftrack::quoted_id(bad), ValidationError);
    CHECK_THROWS_AS(ftrack::quoted_id(std::string(65, 'a')), ValidationError);
}

TEST_CASE("a list of ids is checked one by one, and is never empty", "[site][expression]") {
    CHECK(ftrack::quoted_ids(std::vector<std::string>{"a", "b"}) == R"(("a", "b"))");
    CHECK_THROWS_AS(ftrack::quoted_ids(std::vector<std::string>{}), ValidationError);
    CHECK_THROWS_AS(ftrack::quoted_ids(std::vector<std::string>{"a", "b\""}), ValidationError);
}

TEST_CASE("new ids are version 4 UUIDs and differ", "[site][expression]") {
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i)
        ids.insert(ftrack::new_id());
    CHECK(ids.size() == 1000);
    for (const auto& id : ids) {
        REQUIRE(id.size() == 36);
        REQUIRE(id[14] == '4');
        REQUIRE(std::string("89ab").find(id[19]) != std::string::npos);
        REQUIRE(ftrack::is_id(id));
    }
}
