#include "core/journal/sequence_ranges.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

namespace foley::core {
namespace {

TEST_CASE("ranges that touch become one, and one that is cut becomes two", "[journal][sequence_ranges]") {
    SequenceRanges ranges;
    ranges.insert(Sequence{1});
    ranges.insert(Sequence{3});
    CHECK(ranges.ranges().size() == 2);
    ranges.insert(Sequence{2});
    CHECK(ranges.ranges() == SequenceRanges::Map{{1, 3}});
    ranges.insert(Sequence{3}, Sequence{9});
    ranges.erase(Sequence{5});
    CHECK(ranges.ranges() == SequenceRanges::Map{{1, 4}, {6, 9}});
    ranges.erase_through(Sequence{7});
    CHECK(ranges.ranges() == SequenceRanges::Map{{8, 9}});
    CHECK(ranges.count() == 2);
}

TEST_CASE("ranges hold the same numbers as a plain set would", "[journal][sequence_ranges]") {
    std::mt19937 random(20261121);
    const auto pick = [&](std::uint64_t most) { return std::uniform_int_distribution<std::uint64_t>(1, most)(random); };
    for (int round = 0; round < 200; ++round) {
        SequenceRanges ranges;
        std::set<std::uint64_t> model;
        for (int step = 0; step < 60; ++step) {
            const std::uint64_t number = pick(40);
            switch (pick(4)) {
                case 1:
                    ranges.erase(Sequence{number});
                    model.erase(number);
                    break;
                case 2: {
                    const std::uint64_t last = number + pick(5);
                    ranges.insert(Sequence{number}, Sequence{last});
                    for (std::uint64_t one = number; one <= last; ++one)
                        model.insert(one);
                    break;
                }
                case 3:
                    if (pick(8) == 1) {
                        ranges.erase_through(Sequence{number});
                        model.erase(model.begin(), model.upper_bound(number));
                    }
                    break;
                default:
                    ranges.insert(Sequence{number});
                    model.insert(number);
            }
            REQUIRE(ranges.count() == model.size());
            for (std::uint64_t one = 0; one < 50; ++one) {
                REQUIRE(ranges.contains(Sequence{one}) == (model.count(one) == 1));
            }
        }
    }
}

}  // namespace
}  // namespace foley::core
