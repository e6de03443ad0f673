#include "hammertrack/attribute_menu.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack;

namespace {
const AttributeMenu kMenu{true, {{"yul", "Montreal"}, {"lax", "Los \"A\""}}};
}

TEST_CASE("a menu survives its way into ftrack's configuration and back", "[hammertrack][attribute]") {
    CHECK(
        attribute_config(kMenu) ==
        R"({"multiSelect":true,"data":"[{\"value\":\"yul\",\"menu\":\"Montreal\"},{\"value\":\"lax\",\"menu\":\"Los \\\"A\\\"\"}]"})");
    CHECK(parse_attribute_config(attribute_config(kMenu)) == kMenu);
}

TEST_CASE("configurations are read however they are spelled", "[hammertrack][attribute]") {
    const auto menu = parse_attribute_config(
        R"( { "data" : "[ {\"menu\": \"Montreal\", \"value\": \"yul\"} ]", "multiSelect" : true } )");
    REQUIRE(menu);
    CHECK(*menu == AttributeMenu{true, {{"yul", "Montreal"}}});
    CHECK(parse_attribute_config(R"({"data": [{"menu": "A", "value": 1}]})")->options.front().first == "1");
    for (const std::string bad : {"", "[]", "{", R"({"data": "x"})", R"({"data": "{}"})", R"({"data": 7})"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_attribute_config(bad));
    }
}

TEST_CASE("differences are told one by one, order is none", "[hammertrack][attribute]") {
    CHECK(differences(kMenu, kMenu).empty());
    CHECK(differences({true, {kMenu.options[1], kMenu.options[0]}}, kMenu).empty());
    const auto found = differences({false, {{"yul", "Québec"}, {"muc", "Munich"}}}, kMenu);
    REQUIRE(found.size() == 4);
    CHECK_THAT(found[0], Catch::Contains("\"lax\" is not in ftrack's menu"));
    CHECK_THAT(found[1], Catch::Contains("shown as \"Québec\""));
    CHECK_THAT(found[2], Catch::Contains("\"muc\" (Munich), which is no configured label"));
    CHECK_THAT(found[3], Catch::Contains("only one value"));
}
