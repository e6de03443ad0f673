// Part of journal_contract.hpp: retries, held events, dead letters, replay and seek.
#pragma once

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {

inline constexpr std::chrono::hours kHour{1};

TEST_CASE("a retry comes when its time has come and not before, across restarts", "[journal][retry]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->retry(Sequence{1}, kStart + kHour, attempt(1, "away"));
        consumer->retry(Sequence{2}, kStart + 2 * kHour, attempt(1));
        consumer->finish(Sequence{3});
        CHECK(consumer->info().retries == 2);
        CHECK(consumer->info().position == Sequence{});
        CHECK(consumer->info().next_retry_at == kStart + kHour);
        CHECK(consumer->next_due() == kStart + kHour);
        CHECK(fetch_numbers(*consumer, kStart + kHour - std::chrono::microseconds(1)).empty());
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(consumer->info().retries == 2);
    CHECK(consumer->next_due() == kStart + kHour);
    CHECK(fetch_numbers(*consumer, kStart).empty());
    const auto fetched = fetch(*consumer, kStart + kHour);
    REQUIRE(numbers(fetched.deliveries) == Numbers{1});
    CHECK(fetched.deliveries[0].record.attempts == 1);
    CHECK(fetched.deliveries[0].record.last_reason == "away");
    CHECK(fetched.deliveries[0].event->payload == "{\"id\": \"e1\"}");
    consumer->retry(Sequence{1}, kStart + 3 * kHour, attempt(2));
    CHECK(fetch_numbers(*consumer, kStart + 2 * kHour) == Numbers{2});
    consumer->finish(Sequence{2});
    CHECK(consumer->info().position == Sequence{});
    CHECK(fetch_numbers(*consumer, kStart + 3 * kHour) == Numbers{1});
    consumer->finish(Sequence{1});
    CHECK(consumer->info().position == Sequence{3});
    CHECK(consumer->next_due() == std::nullopt);
}

TEST_CASE("events of an entity wait behind a retry of it, transitively, and others pass", "[journal][retry]") {
    JournalEngine engine;
    const auto act = [](Consumer& consumer) {
        const auto backlog = consumer.backlog(10);
        REQUIRE(backlog.size() == 3);
        CHECK(backlog[0].state == RetryEntry::State::waiting);
        CHECK(backlog[0].not_before == kStart + kHour);
        CHECK(backlog[1].state == RetryEntry::State::held);
        CHECK(backlog[1].event->id == "ab");
        CHECK(backlog[1].behind == Sequence{1});
        CHECK(backlog[2].event->id == "b");
        CHECK(backlog[2].behind == Sequence{2});
        CHECK(consumer.info().held == 2);
        CHECK(fetch_numbers(consumer, kStart).empty());
        CHECK(fetch_numbers(consumer, kStart + kHour) == Numbers{1, 2, 4});
    };
    {
        auto journal = engine.open();
        append(*journal, {event("a", {"A"})});
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->retry(Sequence{1}, kStart + kHour, attempt(1));
        append(*journal, {event("ab", {"A", "B"}), event("c", {"C"}), event("b", {"B"})});
        CHECK(fetch_numbers(*consumer) == Numbers{3});
        consumer->finish(Sequence{3});
        CHECK(consumer->info().position == Sequence{});
        act(*consumer);
        for (const std::uint64_t number : {1, 2, 4})
            consumer->give_back(Sequence{number});
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    act(*consumer);
    // Again not now: those that were handed out behind it and come back wait behind it once more.
    consumer->retry(Sequence{1}, kStart + 2 * kHour, attempt(2));
    consumer->give_back(Sequence{2});
    consumer->give_back(Sequence{4});
    CHECK(fetch_numbers(*consumer, kStart + kHour).empty());
    CHECK(fetch_numbers(*consumer, kStart + 2 * kHour, 2) == Numbers{1, 2});
    consumer->finish(Sequence{1});
    consumer->finish(Sequence{2});
    CHECK(fetch_numbers(*consumer, kStart + 2 * kHour) == Numbers{4});
    consumer->finish(Sequence{4});
    CHECK(consumer->info().position == Sequence{4});
    CHECK(consumer->info().held == 0);
}

TEST_CASE("what was in flight without outcome comes again first and in order after a restart", "[journal][retry]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, {event("1", {"A"}), event("2", {"A"}), event("3", {"A"}), event("4"), event("5", {"A"})});
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer, kStart, 4);
        consumer->retry(Sequence{1}, kStart + kHour, attempt(1));
        CHECK(fetch_numbers(*consumer, kStart).empty());  // the fifth is held now
        commit(*consumer);
        CHECK(fetch_numbers(*consumer, kStart + kHour) == Numbers{1, 5});
        consumer->finish(Sequence{1});
        commit(*consumer);
    }
    auto journal = engine.open();
    append(*journal, {event("6", {"A"})});
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(fetch_numbers(*consumer, kStart + kHour) == Numbers{2, 3, 4, 5, 6});
}

TEST_CASE("a dead letter is finished, kept with its reason, and can be retried or dropped", "[journal][dead_letter]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->finish(Sequence{1});
        consumer->dead_letter(Sequence{2}, "cannot", attempt(10, "cannot"), kStart + kHour);
        consumer->retry(Sequence{3}, kStart, attempt(1));
        commit(*consumer);
        CHECK(fetch_numbers(*consumer) == Numbers{3});
        consumer->dead_letter(Sequence{3}, "neither", attempt(2), kStart);
        CHECK(consumer->info().position == Sequence{3});
        CHECK(consumer->info().dead_letters == 2);
        CHECK(consumer->finished(Sequence{3}));
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    const auto letters = consumer->dead_letters(10);
    REQUIRE(letters.size() == 2);
    CHECK(letters[0].event->id == "e2");
    CHECK(letters[0].reason == "cannot");
    CHECK(letters[0].at == kStart + kHour);
    CHECK(letters[0].record.attempts == 10);
    CHECK(letters[1].event->payload == "{\"id\": \"e3\"}");
    CHECK(consumer->dead_letters(1).size() == 1);

    CHECK(consumer->retry_dead_letter(Sequence{2}));
    CHECK_FALSE(consumer->retry_dead_letter(Sequence{2}));
    CHECK(consumer->drop_dead_letter(Sequence{3}));
    CHECK_FALSE(consumer->drop_dead_letter(Sequence{3}));
    CHECK(consumer->dead_letters(10).empty());
    CHECK(consumer->info().position == Sequence{3});  // it was finished once
    const auto fetched = fetch(*consumer);
    REQUIRE(numbers(fetched.deliveries) == Numbers{2});
    CHECK(fetched.deliveries[0].record.attempts == 0);
    consumer->dead_letter(Sequence{2}, "still not", attempt(1), kStart);
    CHECK(consumer->info().dead_letters == 1);
    CHECK(consumer->dead_letters(10)[0].reason == "still not");
}

TEST_CASE("an event that waits can be dead-lettered without being handed out again", "[journal][dead_letter]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(2));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->give_back(Sequence{1}, attempt(1));
        consumer->give_back(Sequence{2});
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    consumer->dead_letter(Sequence{1}, "skipped by hand", attempt(1), kStart);
    CHECK(fetch_numbers(*consumer) == Numbers{2});
    const auto letters = consumer->dead_letters(10);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].event->payload == "{\"id\": \"e1\"}");
}

TEST_CASE("a replayed event comes once more and does not move the position", "[journal][replay]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        for (const std::uint64_t number : {1, 2, 3})
            consumer->finish(Sequence{number});
        CHECK(consumer->replay(Sequence{2}));
        CHECK_FALSE(consumer->replay(Sequence{9}));
        CHECK(consumer->info().position == Sequence{3});
        CHECK(consumer->finished(Sequence{2}));
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(fetch_numbers(*consumer) == Numbers{2});
    consumer->finish(Sequence{2});
    CHECK(fetch_numbers(*consumer).empty());
    CHECK(consumer->info().position == Sequence{3});
}

TEST_CASE("a replay of an event that was not read yet hands it out once", "[journal][replay]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(3));
    auto consumer = journal->consumer("plugin", StartEarliest{});
    CHECK(consumer->replay(Sequence{2}));
    CHECK(fetch_numbers(*consumer, kStart, 1) == Numbers{2});
    consumer->finish(Sequence{2});
    CHECK(fetch_numbers(*consumer) == Numbers{1, 3});
    consumer->finish(Sequence{1});
    consumer->finish(Sequence{3});
    CHECK(consumer->info().position == Sequence{3});
}

TEST_CASE("a seek goes back or on, and keeps the dead letters", "[journal][seek]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(5));
    {
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        for (const std::uint64_t number : {1, 3})
            consumer->finish(Sequence{number});
        consumer->dead_letter(Sequence{2}, "broken", attempt(1), kStart);
        consumer->retry(Sequence{4}, kStart + kHour, attempt(1));
        consumer->give_back(Sequence{5});
        consumer->seek(StartAfter{Sequence{2}});
        CHECK(consumer->info().position == Sequence{2});
        CHECK(consumer->info().dead_letters == 1);
        CHECK(consumer->info().oldest_unread_at == kStart);
    }
    auto consumer = journal->consumer("plugin", StartEarliest{});
    CHECK(fetch_numbers(*consumer) == Numbers{3, 4, 5});
    for (const std::uint64_t number : {3, 5})
        consumer->finish(Sequence{number});
    consumer->retry(Sequence{4}, kStart + kHour, attempt(1));
    consumer->seek(StartLatest{});
    CHECK(consumer->info().position == Sequence{5});
    CHECK(consumer->info().retries == 0);
    CHECK(consumer->info().oldest_unread_at == std::nullopt);
    CHECK(fetch_numbers(*consumer, kStart + kHour).empty());
    consumer->seek(StartEarliest{});
    CHECK(fetch_numbers(*consumer) == Numbers{1, 2, 3, 4, 5});
}

TEST_CASE("a plugin that no longer wants what waits for it has finished it", "[journal][retry]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, {event("1", {"A"}), event("2", {"A"})});
    auto consumer = journal->consumer("plugin", StartEarliest{});
    fetch(*consumer, kStart, 1);
    consumer->retry(Sequence{1}, kStart + kHour, attempt(1));
    fetch(*consumer);
    const auto fetched = fetch(*consumer, kStart + kHour, 10, [](const Event&) { return false; });
    CHECK(fetched.deliveries.empty());
    CHECK(fetched.unwanted == 2);
    CHECK(consumer->info().position == Sequence{2});
}

}  // namespace foley::core::testing
