#include "core/event/number_ranges.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace foley::core;

TEST_CASE("ranges end before a number when everything from it on is taken away", "[event][number_ranges]") {
    NumberRanges ranges;
    ranges.insert(5, 9);
    ranges.insert(12);
    ranges.insert(20, 30);
    ranges.erase_from(25);
    CHECK(ranges.ranges() == NumberRanges::Map{{5, 9}, {12, 12}, {20, 24}});
    ranges.erase_from(12);
    CHECK(ranges.ranges() == NumberRanges::Map{{5, 9}});
    ranges.erase_from(0);
    CHECK(ranges.empty());
}

TEST_CASE("ranges hold the highest numbers too", "[event][number_ranges]") {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    NumberRanges ranges;
    ranges.insert(kMost);
    ranges.insert(0);
    ranges.insert(kMost - 1);
    CHECK(ranges.ranges() == NumberRanges::Map{{0, 0}, {kMost - 1, kMost}});
}

TEST_CASE("a range is written as its first and last number", "[event][number_ranges]") {
    using Range = std::pair<std::uint64_t, std::uint64_t>;
    CHECK(parse_range("101") == Range{101, 101});
    CHECK(parse_range("110-120") == Range{110, 120});
    CHECK(parse_range("5-5") == Range{5, 5});
    for (const char* other : {"", "-", "5-", "-5", "6-5", "5-6-7", "5 - 6", "x"})
        CHECK(parse_range(other) == std::nullopt);
}

TEST_CASE("only an id of decimal digits is a number", "[event][number_ranges]") {
    CHECK(decimal_id("4044184") == 4044184);
    CHECK(decimal_id("0") == 0);
    for (const char* other : {"", "-1", "+1", "1.5", " 1", "1 ", "0x1", "foley.gap/a/1", "18446744073709551616"})
        CHECK(decimal_id(other) == std::nullopt);
}
