#include "copy_fields/calculated.hpp"

#include "copy_fields/tables.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>

using namespace copy_fields;
using Catch::Matchers::Contains;
namespace json = foley::json;

TEST_CASE("what is calculated takes the form of its field", "[copy_fields][calculated]") {
    for (const char* type : {"number", "percent", "duration", "timecode"}) {
        CAPTURE(type);
        CHECK(calculated_for(2041.7, type) == "2042");
        CHECK(calculated_for(-0.2, type) == "0");
        CHECK(calculated_for(2147483647.0, type) == "2147483647");
        CHECK_THROWS_WITH(calculated_for(2147483648.0, type), Contains("2147483648 is more than a field of the type"));
        CHECK_THROWS_AS(calculated_for(-2147483649.0, type), std::domain_error);
        CHECK_THROWS_AS(calculated_for(1e300, type), std::domain_error);
    }
    CHECK(calculated_for(1.0 / 3, "float") == "0.333333");
    CHECK(calculated_for(1.0 / 3, "currency") == "0.33");
    CHECK_THROWS_AS(calculated_for(1e9, "float"), std::domain_error);
    CHECK(calculated_for(1e9, "currency") == "1000000000");
    CHECK(calculated_for(12.5, "text") == "\"12.5\"");
    CHECK(calculated_for(100.0, "list") == "\"100\"");
    CHECK(calculated_for(std::string("01:00:00:00"), "text") == "\"01:00:00:00\"");
    CHECK(calculated_for(std::string(" 7 "), "number") == "7");
    CHECK_THROWS_AS(calculated_for(std::string("seven"), "number"), std::domain_error);
    CHECK(calculated_for({}, "number") == "null");
    for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        CHECK_THROWS_AS(calculated_for(wrong, "float"), std::domain_error);
}

TEST_CASE("which fields can be calculated with is known before", "[copy_fields][calculated]") {
    CHECK(can_calculate_with("currency"));
    CHECK(can_calculate_with("list"));
    CHECK_FALSE(can_calculate_with("entity"));
    CHECK_FALSE(can_calculate_with("date"));
    CHECK(takes("timecode", Gives::number));
    CHECK_FALSE(takes("timecode", Gives::text));
    CHECK(takes("text", Gives::text));
    CHECK_FALSE(takes("checkbox", Gives::number));
}

TEST_CASE("tables are numbers by text", "[copy_fields][calculated]") {
    const auto tables = tables_of(json::parse(R"({"rate":{"USD":0.92,"EUR":1}})"));
    CHECK(tables.at("rate").at("USD") == 0.92);
    const auto refused = [](const char* text) { static_cast<void>(tables_of(json::parse(text))); };
    CHECK_THROWS_WITH(refused(R"({"round":{"USD":1}})"), Contains("tables.round: that is a function"));
    CHECK_THROWS_WITH(refused(R"({"a b":{"USD":1}})"), Contains("is no name"));
    CHECK_THROWS_WITH(refused(R"({"rate":{"USD":"1"}})"), Contains("tables.rate.USD: \"1\" is no number"));
    CHECK_THROWS_WITH(refused(R"({"rate":5})"), Contains("tables.rate: write a mapping"));
}
