#include "hammertrack/label.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using hammertrack::LabelMenu;

namespace {
using Options = std::vector<std::pair<std::string, std::string>>;
}

TEST_CASE("only labels of the menu are found, whatever their case", "[hammertrack][label]") {
    const LabelMenu menu(Options{{"yul", "Montreal"}, {"LAX", "Los Angeles"}});
    CHECK(menu.find("yul")->text() == "yul");
    CHECK(menu.find("YUL")->text() == "yul");
    CHECK(menu.find("lax")->text() == "LAX");
    for (const std::string value : {"", "muc", "yul ", "yul\n", "yul\") #objectives=x(\"", "-r", "y\"l"}) {
        CAPTURE(value);
        CHECK_FALSE(menu.find(value));
    }
    CHECK_FALSE(menu.find(std::string_view("yul\0", 4)));
}

TEST_CASE("a menu with a value that cannot be a label is refused", "[hammertrack][label]") {
    for (const std::string value : {"", "-yul", ".yul", "y ul", "y,ul", "y\"ul", "yül", "y\nl"}) {
        CAPTURE(value);
        CHECK_THROWS_AS(LabelMenu(Options{{value, "Somewhere"}}), std::invalid_argument);
    }
    CHECK_THROWS_AS(LabelMenu(Options{{std::string(65, 'a'), "Long"}}), std::invalid_argument);
    CHECK_NOTHROW(LabelMenu(Options{{std::string(64, 'a'), "Long"}}));
}

TEST_CASE("a menu names all its faults at once", "[hammertrack][label]") {
    CHECK_THROWS_WITH(LabelMenu(Options{{"a b", "x"}, {"yul", ""}, {"lax", "1"}, {"LAX", "2"}}),
                      Catch::Contains("\"a b\"") && Catch::Contains("\"yul\" has no name") &&
                          Catch::Contains("\"LAX\" is there twice"));
    CHECK_THROWS_AS(LabelMenu(Options{}), std::invalid_argument);
}
