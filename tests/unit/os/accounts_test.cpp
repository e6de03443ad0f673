#include "core/os/accounts.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;

TEST_CASE("users and groups are found by name and by number", "[os][accounts]") {
    CHECK(user_id("root") == 0U);
    CHECK(group_id("root") == 0U);
    CHECK(user_name(0) == "root");
    CHECK(group_name(0) == "root");
}

TEST_CASE("what has no name is told by its number, and what is not there is nothing", "[os][accounts]") {
    CHECK(user_id("nobody-has-this-name") == std::nullopt);
    CHECK(group_id("nobody-has-this-name") == std::nullopt);
    CHECK(user_name(3999999999) == "3999999999");
    CHECK(group_name(3999999999) == "3999999999");
}
