#include "fields/field_path.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using Catch::Matchers::Contains;
using fields::FieldPath;

TEST_CASE("a path leads through links to a field", "[fields][field_path]") {
    const FieldPath own("code");
    CHECK(own.first() == "code");
    CHECK(own.link().empty());
    const FieldPath far("entity.Shot.sg_sequence.Sequence.code");
    CHECK(far.first() == "entity");
    CHECK(far.last() == "code");
    CHECK(far.link() == "entity.Shot.sg_sequence");
    REQUIRE(far.hops().size() == 2);
    CHECK(far.hops()[1].type == "Sequence");
}

TEST_CASE("the type of a project link need not be said", "[fields][field_path]") {
    CHECK(FieldPath("project.tank_name").text() == "project.Project.tank_name");
    CHECK(FieldPath("project.Project.tank_name").text() == "project.Project.tank_name");
}

TEST_CASE("what is no path is refused with what to write", "[fields][field_path]") {
    for (const char* text : {"", ".", "a.", "a b", "code;", "a..b", "a.b", "a.Shot", "a.Shot.b.c"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(FieldPath(text), std::invalid_argument);
    }
    CHECK_THROWS_WITH(FieldPath("sg_sequence.code"), Contains("sg_sequence.Type.field"));
}
