// Part of journal_contract.hpp: fetching, finishing, positions, start rules, the key-value store.
#pragma once

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {

TEST_CASE("a consumer gets events in order, once each", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(5));
    auto consumer = journal->consumer("plugin", StartEarliest{});
    auto fetched = fetch(*consumer, kStart, 2);
    CHECK(numbers(fetched.deliveries) == Numbers{1, 2});
    CHECK(fetched.more);
    fetched = fetch(*consumer, kStart, 10);
    CHECK(numbers(fetched.deliveries) == Numbers{3, 4, 5});
    CHECK_FALSE(fetched.more);
    CHECK(fetch_numbers(*consumer).empty());
    append(*journal, events(1, "late"));
    CHECK(fetch_numbers(*consumer) == Numbers{6});
}

TEST_CASE("a fetch is limited by bytes, but gives at least one event", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(3));
    auto consumer = journal->consumer("plugin", StartEarliest{});
    const auto fetched = consumer->fetch(10, 1, any, kStart);
    CHECK(numbers(fetched.deliveries) == Numbers{1});
    CHECK(fetched.more);
    CHECK(fetch_numbers(*consumer) == Numbers{2, 3});
}

TEST_CASE("one consumer does not see another's position, writes, or backlog", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(3));
    auto one = journal->consumer("one", StartEarliest{});
    auto two = journal->consumer("two", StartEarliest{});
    CHECK(fetch_numbers(*one) == Numbers{1, 2, 3});
    one->finish(Sequence{1});
    one->retry(Sequence{2}, kStart + std::chrono::hours(1), attempt(1));
    one->dead_letter(Sequence{3}, "broken", attempt(1), kStart);
    one->write({{"key", "of one"}});
    commit(*one);
    CHECK(two->info().position == Sequence{});
    CHECK(two->info().retries == 0);
    CHECK(two->get("key") == std::nullopt);
    CHECK(two->dead_letters(10).empty());
    CHECK(fetch_numbers(*two) == Numbers{1, 2, 3});
}

TEST_CASE("events may finish out of order, the position is what is finished without a hole", "[journal][consumer]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(6));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        for (const std::uint64_t number : {5, 2, 3})
            consumer->finish(Sequence{number});
        CHECK(consumer->info().position == Sequence{});
        CHECK(consumer->info().newest_finished == Sequence{5});
        CHECK(consumer->finished(Sequence{3}));
        CHECK_FALSE(consumer->finished(Sequence{1}));
        CHECK_FALSE(consumer->finished(Sequence{7}));
        consumer->finish(Sequence{1});
        CHECK(consumer->info().position == Sequence{3});
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(consumer->info().position == Sequence{3});
    CHECK(consumer->info().newest_finished == Sequence{5});
    CHECK(consumer->finished(Sequence{5}));
    append(*journal, events(1, "late"));
    CHECK(fetch_numbers(*consumer) == Numbers{4, 6, 7});
}

TEST_CASE("what a progress page says is finished counts, though it was not handed out since", "[journal][consumer]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(6));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer, kStart, 3);
        consumer->finish(Sequence{1});
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    for (const std::uint64_t number : {3, 4, 6, 1})
        consumer->finish(Sequence{number});
    CHECK(consumer->finished(Sequence{6}));
    CHECK_FALSE(consumer->finished(Sequence{5}));
    commit(*consumer);
    CHECK(fetch_numbers(*consumer) == Numbers{2, 5});
    consumer->finish(Sequence{2});
    consumer->finish(Sequence{5});
    CHECK(consumer->info().position == Sequence{6});
}

TEST_CASE("unwanted events are finished on the way and not handed out", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(9));
    auto consumer = journal->consumer("plugin", StartEarliest{});
    const auto even = [](const Event& one) { return one.sequence.value % 2 == 0; };
    const auto fetched = fetch(*consumer, kStart, 100, even);
    CHECK(numbers(fetched.deliveries) == Numbers{2, 4, 6, 8});
    CHECK(fetched.unwanted == 5);
    CHECK(consumer->info().position == Sequence{1});
    for (const std::uint64_t number : {2, 4, 6, 8})
        consumer->finish(Sequence{number});
    CHECK(consumer->info().position == Sequence{9});
}

TEST_CASE("what is given back comes again first, in order", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(5));
    auto consumer = journal->consumer("plugin", StartEarliest{});
    fetch(*consumer, kStart, 4);
    for (const std::uint64_t number : {4, 2, 3})
        consumer->give_back(Sequence{number});
    CHECK(consumer->next_due().has_value());
    CHECK(fetch_numbers(*consumer) == Numbers{2, 3, 4, 5});
    CHECK(consumer->info().position == Sequence{});
}

TEST_CASE("what is given back with a record comes again with it, also after a restart", "[journal][consumer]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        AttemptRecord record = attempt(2, "it failed");
        record.build = "build 1";
        record.finished_callbacks = {0, 300};
        consumer->give_back(Sequence{2}, record);
        consumer->finish(Sequence{1});
        consumer->finish(Sequence{3});
        CHECK(consumer->info().position == Sequence{1});
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    const auto fetched = fetch(*consumer);
    REQUIRE(numbers(fetched.deliveries) == Numbers{2});
    const AttemptRecord& record = fetched.deliveries[0].record;
    CHECK(record.attempts == 2);
    CHECK(record.first_failed_at == kStart);
    CHECK(record.build == "build 1");
    CHECK(record.finished_callbacks == std::vector<std::uint32_t>{0, 300});
    CHECK(record.last_reason == "it failed");
}

TEST_CASE("a consumer that goes away gives back what it held, and its staged changes are not lost",
          "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(3));
    {
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->finish(Sequence{2});
    }
    auto consumer = journal->consumer("plugin", StartEarliest{});
    CHECK(fetch_numbers(*consumer) == Numbers{1, 3});
    CHECK_THROWS_AS(journal->consumer("plugin", StartEarliest{}), std::logic_error);
}

TEST_CASE("a plugin starts where its rule says, and the rule counts once", "[journal][start]") {
    JournalEngine engine;
    auto journal = engine.open();
    for (int hour = 0; hour < 5; ++hour) {
        const std::string id = "e" + std::to_string(hour);
        append(*journal, {event(id, {}, kStart - std::chrono::hours(10 - hour))});
    }
    const auto starts_with = [&](const std::string& name, const StartRule& rule) {
        return fetch_numbers(*journal->consumer(name, rule));
    };
    CHECK(starts_with("latest", StartLatest{}).empty());
    CHECK(starts_with("earliest", StartEarliest{}) == Numbers{1, 2, 3, 4, 5});
    CHECK(starts_with("after", StartAfter{Sequence{3}}) == Numbers{4, 5});
    CHECK(starts_with("id", StartAtSourceId{"site", "e2"}) == Numbers{3, 4, 5});
    CHECK(starts_with("time", StartAtTime{kStart - std::chrono::hours(7)}) == Numbers{4, 5});
    CHECK(starts_with("between", StartAtTime{kStart - std::chrono::minutes(7 * 60 + 30)}) == Numbers{4, 5});
    CHECK(starts_with("long ago", StartAtTime{Timestamp{}}) == Numbers{1, 2, 3, 4, 5});
    CHECK(starts_with("tomorrow", StartAtTime{kStart + std::chrono::hours(24)}).empty());
    CHECK_THROWS_AS(starts_with("unknown", StartAtSourceId{"site", "e9"}), std::invalid_argument);
    append(*journal, {event("new")});
    CHECK(starts_with("latest", StartEarliest{}) == Numbers{6});
}

TEST_CASE("positions of plugins that are absent stay", "[journal][consumer]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        append(*journal, events(3));
        auto consumer = journal->consumer("absent", StartEarliest{});
        fetch(*consumer, kStart, 2);
        consumer->finish(Sequence{1});
        consumer->finish(Sequence{2});
        commit(*consumer);
        journal->consumer("other", StartLatest{});
    }
    engine.open();  // a run without the plugin
    auto journal = engine.open();
    const auto all = journal->consumers();
    REQUIRE(all.size() == 2);
    CHECK(all[0].name == "absent");
    CHECK(all[0].position == Sequence{2});
    CHECK(all[0].oldest_unread_at == kStart);
    CHECK(all[1].oldest_unread_at == std::nullopt);
    CHECK(fetch_numbers(*journal->consumer("absent", StartLatest{})) == Numbers{3});
}

TEST_CASE("the key-value store is read with what is staged, in order, by prefix, and survives", "[journal][store]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        auto consumer = journal->consumer("plugin", StartLatest{});
        CHECK(consumer->get("a") == std::nullopt);
        consumer->write({{"path/a", "1"}, {"path/b", "2"}, {"path/d", "4"}, {"other", "x"}});
        CHECK(consumer->get("path/b") == "2");
        commit(*consumer);
        consumer->write({{"path/b", std::nullopt}, {"path/c", "3"}, {"path/d", "four"}});
        using Pairs = std::vector<std::pair<std::string, std::string>>;
        CHECK(consumer->get("path/b") == std::nullopt);
        CHECK(consumer->list("path/", "", 10) == Pairs{{"path/a", "1"}, {"path/c", "3"}, {"path/d", "four"}});
        CHECK(consumer->list("path/", "path/a", 1) == Pairs{{"path/c", "3"}});
        CHECK(consumer->list("", "", 1) == Pairs{{"other", "x"}});
        CHECK(consumer->list("none", "", 10).empty());
        commit(*consumer);
        CHECK(consumer->list("path/", "", 10) == Pairs{{"path/a", "1"}, {"path/c", "3"}, {"path/d", "four"}});
        consumer->write({{"path/c", std::string("\0\xff", 2)}, {"empty", ""}});
        commit(*consumer);
    }
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(consumer->get("path/c") == std::string("\0\xff", 2));
    CHECK(consumer->get("empty") == "");
    CHECK(consumer->get("path/b") == std::nullopt);
}

TEST_CASE("key-value writes wait for the outcome of their event, and go when it never comes", "[journal][store]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(2));
    {
        auto consumer = journal->consumer("plugin", StartEarliest{});
        fetch(*consumer);
        consumer->write({{"a", "1"}});
        consumer->finish(Sequence{1});
        consumer->write({{"b", "2"}});
        CHECK(consumer->get("b") == "2");
    }
    auto consumer = journal->consumer("plugin", StartEarliest{});
    CHECK(consumer->get("a") == "1");
    CHECK(consumer->get("b") == std::nullopt);
    CHECK(fetch_numbers(*consumer) == Numbers{2});
    consumer->write({{"c", "3"}});  // from a timer: no event
    commit(*consumer);
    CHECK(consumer->get("c") == "3");
}

TEST_CASE("a commit by hand is durable at once, one by itself within the interval", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(1));
    auto consumer = journal->consumer("plugin", StartEarliest{});
    fetch(*consumer);
    commit(*consumer);  // nothing staged
    consumer->finish(Sequence{1});
    commit(*consumer);
    CHECK(consumer->info().position == Sequence{1});
}

TEST_CASE("a consumer is renamed with all that it has, and removed", "[journal][consumer]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(3));
    {
        auto consumer = journal->consumer("old", StartEarliest{});
        fetch(*consumer);
        consumer->write({{"key", "value"}});
        consumer->finish(Sequence{1});
        consumer->retry(Sequence{2}, kStart, attempt(1));
        consumer->dead_letter(Sequence{3}, "broken", attempt(1), kStart);
        CHECK_THROWS_AS(journal->rename_consumer("old", "new"), std::logic_error);
        CHECK_THROWS_AS(journal->remove_consumer("old"), std::logic_error);
    }
    journal->consumer("taken", StartLatest{});
    CHECK_FALSE(journal->rename_consumer("old", "taken"));
    CHECK_FALSE(journal->rename_consumer("nobody", "new"));
    REQUIRE(journal->rename_consumer("old", "new"));
    {
        auto consumer = journal->consumer("new", StartLatest{});
        CHECK(consumer->get("key") == "value");
        CHECK(consumer->dead_letters(10).size() == 1);
        CHECK(consumer->info().position == Sequence{1});
        CHECK(fetch_numbers(*consumer) == Numbers{2});
    }
    CHECK(journal->remove_consumer("new"));
    CHECK_FALSE(journal->remove_consumer("new"));
    CHECK(journal->consumers().size() == 1);
    auto fresh = journal->consumer("new", StartEarliest{});
    CHECK(fresh->get("key") == std::nullopt);
    CHECK(fetch_numbers(*fresh) == Numbers{1, 2, 3});
    CHECK(journal->check().empty());
}

}  // namespace foley::core::testing
