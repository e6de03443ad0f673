#include "core/journal/sequence_queue.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace foley::core {
namespace {

using Queue = SequenceQueue<std::string>;

std::map<std::uint64_t, std::string> all_of(const Queue& queue) {
    std::map<std::uint64_t, std::string> all;
    queue.each([&all](Sequence sequence, const std::string& value) {
        CHECK((all.empty() || all.rbegin()->first < sequence.value));
        all[sequence.value] = value;
    });
    return all;
}

TEST_CASE("a queue of numbers gives and takes values by their numbers", "[journal][sequence_queue]") {
    Queue queue;
    CHECK(queue.empty());
    CHECK(queue.find(Sequence{3}) == nullptr);
    queue.put(Sequence{3}) = "three";
    queue.put(Sequence{7}) = "seven";
    queue.put(Sequence{5}) = "five";
    CHECK(queue.put(Sequence{5}) == "five");  // is there
    CHECK(queue.size() == 3);
    CHECK(queue.first() == Sequence{3});
    CHECK(queue.last() == Sequence{7});
    CHECK(queue.take(Sequence{5}) == "five");
    CHECK_FALSE(queue.take(Sequence{5}));
    CHECK_FALSE(queue.erase(Sequence{6}));
    queue.put(Sequence{5}) = "again";  // in the hole
    CHECK(all_of(queue) == std::map<std::uint64_t, std::string>{{3, "three"}, {5, "again"}, {7, "seven"}});
    const auto found = queue.first_that([](const std::string& value) { return value.size() == 5; });
    REQUIRE(found);
    CHECK(found->first == Sequence{3});
    CHECK(*found->second == "three");
    CHECK_FALSE(queue.first_that([](const std::string& value) { return value.empty(); }));
    CHECK(queue.erase(Sequence{7}));
    CHECK(queue.erase(Sequence{5}));
    CHECK(queue.last() == Sequence{3});
    CHECK(queue.erase(Sequence{3}));
    CHECK(queue.empty());
}

TEST_CASE("a value that stays for ever does not keep what went after it", "[journal][sequence_queue]") {
    SequenceQueue<std::shared_ptr<int>> queue;
    const auto value = std::make_shared<int>();
    queue.put(Sequence{1}) = value;
    for (std::uint64_t number = 2; number < 100'000; ++number) {
        queue.put(Sequence{number}) = value;
        if (number > 10) queue.erase(Sequence{number - 8});
    }
    CHECK(value.use_count() == static_cast<long>(queue.size()) + 1);
    CHECK(queue.first() == Sequence{1});
    CHECK(queue.size() < 20);
}

TEST_CASE("a queue of numbers holds what a map would", "[journal][sequence_queue]") {
    std::mt19937 random(20261126);
    const auto pick = [&](std::uint64_t most) { return std::uniform_int_distribution<std::uint64_t>(1, most)(random); };
    for (int round = 0; round < 50; ++round) {
        Queue queue;
        std::map<std::uint64_t, std::string> model;
        std::uint64_t newest = 0;
        const std::uint64_t puts = pick(9);  // of ten
        for (int step = 0; step < 600; ++step) {
            if (pick(10) <= puts) {
                const auto number = pick(4) > 1 ? newest += pick(3) : pick(newest + 1);
                newest = std::max(newest, number);
                queue.put(Sequence{number}) = model[number] = std::to_string(step);
            } else if (!model.empty()) {
                const auto number = pick(2) == 1 ? model.begin()->first : pick(newest);
                const bool there = model.erase(number) == 1;
                CHECK((pick(2) == 1 ? queue.take(Sequence{number}).has_value() : queue.erase(Sequence{number})) ==
                      there);
            }
            CHECK(queue.size() == model.size());
            const auto number = pick(newest + 2);
            const std::string* found = queue.find(Sequence{number});
            CHECK((found != nullptr) == model.contains(number));
            if (found != nullptr) CHECK(*found == model.at(number));
            if (!model.empty()) CHECK((queue.first().value == model.begin()->first));
            if (!model.empty()) CHECK((queue.last().value == model.rbegin()->first));
        }
        CHECK(all_of(queue) == model);
    }
}

}  // namespace
}  // namespace foley::core
