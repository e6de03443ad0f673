// Part of journal_contract.hpp: retention, forgetting ids, plugins that are overtaken.
#pragma once

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {

inline constexpr std::chrono::hours kDay{24};

// Three days of events: 1 and 2 on the first, 3 and 4 on the second, 5 and 6 on the third, which ends now.
inline void append_days(Journal& journal, StillClock& clock) {
    for (int day = 0; day < 3; ++day) {
        const std::string name = std::to_string(day);
        append(journal, {event("a" + name, {"A"}, clock.now()), event("b" + name, {"B"}, clock.now())});
        clock.pass(kDay);
    }
}

inline void finish_all(Consumer& consumer) {
    for (const std::uint64_t number : fetch_numbers(consumer))
        consumer.finish(Sequence{number});
}

inline RetentionPolicy policy(std::chrono::hours behind, std::chrono::hours disabled, std::chrono::hours dedupe) {
    return {behind, disabled, dedupe};
}

TEST_CASE("events that every plugin is past go after the retention, and no earlier", "[journal][retention]") {
    JournalEngine engine;
    auto journal = engine.open();
    auto done = journal->consumer("done", StartEarliest{});
    auto slow = journal->consumer("slow", StartEarliest{});
    append_days(*journal, engine.clock);
    const auto prune = [&](std::chrono::hours behind) {
        return journal->prune(policy(behind, 30 * kDay, kDay), {}, engine.clock.now());
    };
    finish_all(*done);
    CHECK(prune(kDay).events == 0);  // slow has handled nothing
    fetch(*slow);
    slow->finish(Sequence{1});
    slow->finish(Sequence{2});
    slow->finish(Sequence{3});
    CHECK(prune(3 * kDay + kDay).events == 0);
    CHECK(prune(3 * kDay).events == 2);
    CHECK(journal->info().oldest == Sequence{3});
    CHECK(journal->info().events == 4);
    CHECK(prune(kDay).events == 1);
    CHECK(journal->info().oldest == Sequence{4});
    CHECK(journal->find(Sequence{3}) == nullptr);
    CHECK(numbers(journal->read(Sequence{}, 10)) == Numbers{4, 5, 6});
    CHECK(journal->check().empty());
}

TEST_CASE("numbers go on when everything is pruned, and ids are known for as long as the policy says",
          "[journal][retention]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append_days(*journal, engine.clock);
        CHECK(journal->prune(policy(kHour, kHour, 10 * kDay), {}, engine.clock.now()).events == 6);
        CHECK(journal->info().oldest == Sequence{7});
        CHECK(journal->info().events == 0);
        CHECK(append(*journal, {event("a0")}).duplicates == 1);
        CHECK(journal->check().empty());
    }
    auto journal = engine.open();
    CHECK(journal->info().head == Sequence{6});
    CHECK(append(*journal, {event("b2")}).duplicates == 1);
    CHECK(append(*journal, {event("new")}).head == Sequence{7});
    // Only what is older than two days is forgotten.
    journal->prune(policy(10 * kDay, 10 * kDay, 2 * kDay), {}, engine.clock.now());
    CHECK(append(*journal, {event("b2")}).duplicates == 1);
    CHECK(append(*journal, {event("a0")}).appended == 1);
    CHECK(append(*journal, {event("a0")}).duplicates == 1);
    CHECK(journal->find("site", "a0") == Sequence{8});
    CHECK(journal->check().empty());
}

TEST_CASE("an event is found by id though duplicates of it are not looked for any more", "[journal][retention]") {
    JournalEngine engine;
    auto journal = engine.open();
    append_days(*journal, engine.clock);
    journal->prune(policy(30 * kDay, 30 * kDay, kHour), {}, engine.clock.now());
    CHECK(journal->find("site", "b0") == Sequence{2});
    CHECK(fetch_numbers(*journal->consumer("plugin", StartAtSourceId{"site", "a2"})) == Numbers{5, 6});
}

TEST_CASE("retries, held events and dead letters keep their own copy when the event goes", "[journal][retention]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        auto consumer = journal->consumer("plugin", StartEarliest{});
        append_days(*journal, engine.clock);
        fetch(*consumer, kStart, 2);
        consumer->retry(Sequence{1}, engine.clock.now() + kHour, attempt(1));
        consumer->dead_letter(Sequence{2}, "broken", attempt(1), kStart);
        finish_all(*consumer);  // 3 and 5 are held
        CHECK(journal->prune(policy(kHour, kHour, kHour), {}, engine.clock.now()).events == 6);
        CHECK(consumer->info().position == Sequence{});
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(consumer->dead_letters(10).size() == 1);
    const auto fetched = fetch(*consumer, engine.clock.now() + kHour);
    CHECK(numbers(fetched.deliveries) == Numbers{1, 3, 5});
    CHECK(fetched.deliveries[2].event->id == "a2");
    CHECK(consumer->retry_dead_letter(Sequence{2}));
    CHECK(fetch_numbers(*consumer) == Numbers{2});
    CHECK_FALSE(consumer->replay(Sequence{4}));
}

TEST_CASE("a disabled plugin holds events up to its age, then gets a gap of its own instead", "[journal][retention]") {
    JournalEngine engine;
    std::uint64_t gap_number = 0;
    {
        auto journal = engine.open();
        journal->consumer("disabled", StartEarliest{});
        auto enabled = journal->consumer("enabled", StartEarliest{});
        append_days(*journal, engine.clock);
        finish_all(*enabled);
        const std::vector<std::string> disabled{"disabled"};
        CHECK(journal->prune(policy(kHour, 4 * kDay, kHour), disabled, engine.clock.now()).events == 0);
        const PruneResult result = journal->prune(policy(kHour, 2 * kDay, kHour), disabled, engine.clock.now());
        CHECK(result.events == 4);
        CHECK(result.overtaken == disabled);
        CHECK(fetch_numbers(*enabled).empty());
        CHECK(append(*journal, {event("after")}).head.value == 8);
        CHECK(fetch_numbers(*enabled) == Numbers{8});
        CHECK(journal->check().empty());
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("disabled", StartLatest{});
    const auto fetched = fetch(*consumer);
    REQUIRE(fetched.deliveries.size() == 4);
    const Event& gap = *fetched.deliveries[0].event;
    gap_number = gap.sequence.value;
    CHECK(gap_number == 7);
    CHECK(gap.kind == EventKind::gap);
    CHECK(gap.type == "foley.gap");
    CHECK(gap.source == "site");
    CHECK(gap.payload.find("\"from\": " + std::to_string(kStart.time_since_epoch().count())) != std::string::npos);
    CHECK(gap.payload.find("\"reason\": \"4 events ") != std::string::npos);
    CHECK(numbers(fetched.deliveries) == Numbers{7, 5, 6, 8});
    for (const std::uint64_t number : {7, 5, 6})
        consumer->finish(Sequence{number});
    CHECK(consumer->info().position == Sequence{7});
    consumer->finish(Sequence{8});
    CHECK(consumer->info().position == Sequence{8});
    CHECK(journal->prune(policy(kHour, kHour, kHour), {}, engine.clock.now()).overtaken.empty());
}

TEST_CASE("a plugin that is renamed or removed while it is overtaken is so with its gap", "[journal][retention]") {
    const bool renamed = GENERATE(true, false);
    const std::vector<std::string> disabled{"old"};
    for (int round = 0; round < 20; ++round) {
        JournalEngine engine;
        auto journal = engine.open();
        journal->consumer("old", StartEarliest{}).reset();
        append_days(*journal, engine.clock);
        // The gap has its number from here on, but nobody has it yet.
        std::promise<void> numbered;
        std::atomic<bool> told{false};
        const auto subscription = journal->on_append([&](Sequence) {
            if (!told.exchange(true)) numbered.set_value();
        });
        std::thread other([&] {
            numbered.get_future().wait();
            if (renamed) journal->rename_consumer("old", "new");
            if (!renamed) journal->remove_consumer("old");
        });
        journal->prune(policy(kHour, 2 * kDay, kHour), disabled, engine.clock.now());
        other.join();
        CHECK(journal->consumer_names() == (renamed ? std::vector<std::string>{"new"} : std::vector<std::string>{}));
        if (renamed) CHECK(fetch_numbers(*journal->consumer("new", StartLatest{})) == Numbers{7, 5, 6});
        CHECK(journal->check().empty());
    }
}

TEST_CASE("a plugin that is past what goes is not overtaken, and a gap of another source is its own",
          "[journal][retention]") {
    JournalEngine engine;
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartEarliest{});
    append(*journal, {event("1")}, "one");
    append(*journal, {event("2")}, "two");
    append(*journal, {event("3")}, "one");
    engine.clock.pass(2 * kDay);
    const std::vector<std::string> disabled{"plugin", "nobody"};
    fetch(*consumer);
    consumer->finish(Sequence{2});  // 1 and 3 are given back
    consumer->give_back(Sequence{1});
    consumer->give_back(Sequence{3});
    CHECK(journal->prune(policy(kHour, kDay, kHour), disabled, engine.clock.now()).overtaken.size() == 1);
    const auto fetched = fetch(*consumer);
    REQUIRE(fetched.deliveries.size() == 1);
    CHECK(fetched.deliveries[0].event->source == "one");
    consumer->finish(fetched.deliveries[0].event->sequence);
    CHECK(consumer->info().position == journal->info().head);
    CHECK(journal->prune(policy(kHour, kDay, kHour), disabled, engine.clock.now()).overtaken.empty());
}

TEST_CASE("a time far in the future does not keep events from going", "[journal][retention]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, {event("odd", {}, kStart + 1000 * kDay), event("next")});
    engine.clock.pass(2 * kDay);
    CHECK(journal->prune(policy(kDay, kDay, kDay), {}, engine.clock.now()).events == 2);
}

}  // namespace foley::core::testing
