#include "core/hosting/json_check.hpp"

#include <catch2/catch.hpp>

#include <string>

using foley::core::is_json;

TEST_CASE("one JSON value is JSON, whatever is around it", "[hosting][json_check]") {
    for (const char* text : {"1", "-0.5e3", "null", "\"a\"", " [1, {\"a\": [true]}] ", "{}", "\"\\u00e9\xc3\xa9\""})
        CHECK(is_json(text));
}

TEST_CASE("anything else is not", "[hosting][json_check]") {
    for (const char* text : {"", " ", "5 s", "1 2", "{", "{a: 1}", "'a'", "[1,]", "nul", "\"\xff\"", "\"a\nb\"", "{}}"})
        CHECK_FALSE(is_json(text));
    CHECK_FALSE(is_json(std::string_view("1\0", 2)));
    CHECK_FALSE(is_json(std::string_view()));
}

TEST_CASE("JSON that is nested too deep for its readers is refused, without recursion", "[hosting][json_check]") {
    CHECK(is_json(std::string(256, '[') + std::string(256, ']')));
    CHECK_FALSE(is_json(std::string(257, '[') + std::string(257, ']')));
    CHECK_FALSE(is_json(std::string(1000000, '[')));
}
