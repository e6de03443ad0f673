// Part of journal_contract.hpp: plugins that come from another daemon with a position in the ids of one source.
#pragma once

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {

inline StartHandled handled(std::uint64_t id, const std::vector<std::uint64_t>& missing = {}) {
    StartHandled rule{"site", id, {}};
    for (const std::uint64_t one : missing)
        rule.missing.insert(one);
    return rule;
}

inline AppendResult append_ids(Journal& journal, const std::vector<std::string>& ids,
                               const std::string& source = "site") {
    std::vector<Event> list;
    for (const std::string& id : ids) {
        list.push_back(event(id));
        list.back().source = source;
    }
    return append(journal, std::move(list), source);
}

using Ids = std::vector<std::string>;
inline Ids fetch_ids(Consumer& consumer) {
    Ids ids;
    for (const Delivery& delivery : fetch(consumer).deliveries) {
        ids.push_back(delivery.event->id);
        consumer.finish(delivery.event->sequence);
    }
    return ids;
}

TEST_CASE("what was handled elsewhere is not handed out, what was missing there is", "[journal][imported]") {
    JournalEngine engine;
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", handled(105, {101, 103}));
    append_ids(*journal, {"100", "102", "103", "104", "105", "106"});
    CHECK(fetch_ids(*consumer) == Ids{"103", "106"});
    CHECK(consumer->info().position == Sequence{6});
    append_ids(*journal, {"99", "101", "107"});  // late ones
    CHECK(fetch_ids(*consumer) == Ids{"101", "107"});
    CHECK(consumer->info().position == Sequence{9});
}

TEST_CASE("an imported position is kept with the consumer, through restarts and renames", "[journal][imported]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        auto consumer = journal->consumer("plugin", handled(5, {2, 4}));
    }
    {
        auto journal = engine.open();
        append_ids(*journal, {"1", "2", "3"});
        auto consumer = journal->consumer("plugin", StartLatest{});
        CHECK(fetch_ids(*consumer) == Ids{"2"});
        commit(*consumer);
        journal->close();
    }
    auto journal = engine.open();
    CHECK(journal->rename_consumer("plugin", "renamed"));
    append_ids(*journal, {"4", "5", "6"});
    auto consumer = journal->consumer("renamed", StartLatest{});
    CHECK(fetch_ids(*consumer) == Ids{"4", "6"});
    CHECK(journal->check().empty());
}

TEST_CASE("each plugin has its own imported position", "[journal][imported]") {
    JournalEngine engine;
    auto journal = engine.open();
    auto ahead = journal->consumer("ahead", handled(4));
    auto behind = journal->consumer("behind", handled(2, {1}));
    append_ids(*journal, {"1", "2", "3", "4", "5"});
    CHECK(fetch_ids(*ahead) == Ids{"5"});
    CHECK(fetch_ids(*behind) == Ids{"1", "3", "4", "5"});
}

TEST_CASE("an imported position is found in a journal that has events already", "[journal][imported]") {
    JournalEngine engine;
    auto journal = engine.open();
    append_ids(*journal, {"a", "b"}, "other");
    append_ids(*journal, {"1", "2", "3", "4"});
    append_ids(*journal, {"c"}, "other");
    SECTION("the first event that it owes is the first one behind its position") {
        auto consumer = journal->consumer("plugin", handled(3, {2}));
        CHECK(consumer->info().position == Sequence{3});
        CHECK(fetch_ids(*consumer) == Ids{"2", "4"});  // other sources: only what comes from now on
    }
    SECTION("everything in the journal is handled: it stands at the head") {
        auto consumer = journal->consumer("plugin", handled(4));
        CHECK(consumer->info().position == Sequence{7});
        CHECK(consumer->info().oldest_unread_at == std::nullopt);
        append_ids(*journal, {"d"}, "other");
        append_ids(*journal, {"5"});
        CHECK(fetch_ids(*consumer) == Ids{"d", "5"});
    }
    SECTION("the source is not known yet") {
        auto consumer = journal->consumer("plugin", StartHandled{"new", 10, {}});
        CHECK(consumer->info().position == Sequence{7});
        append_ids(*journal, {"10", "11"}, "new");
        append_ids(*journal, {"5"});
        CHECK(fetch_ids(*consumer) == Ids{"11", "5"});
    }
}

TEST_CASE("events without a number for an id are handed out whatever was imported", "[journal][imported]") {
    JournalEngine engine;
    auto journal = engine.open();
    auto consumer = journal->consumer("plugin", handled(100));
    append_ids(*journal, {"7", "foley.gap/7", "101"});
    CHECK(fetch_ids(*consumer) == Ids{"foley.gap/7", "101"});
}

TEST_CASE("a seek by hand hands out what was imported as handled, but not what is appended later",
          "[journal][imported]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        auto consumer = journal->consumer("plugin", handled(4, {3}));
        append_ids(*journal, {"1", "2", "5"});
        CHECK(fetch_ids(*consumer) == Ids{"5"});
        consumer->seek(StartEarliest{});
        CHECK(fetch_ids(*consumer) == Ids{"1", "2", "5"});
        commit(*consumer);
        journal->close();
    }
    auto journal = engine.open();
    append_ids(*journal, {"3", "4", "6"});
    auto consumer = journal->consumer("plugin", StartLatest{});
    CHECK(fetch_ids(*consumer) == Ids{"3", "6"});
}

TEST_CASE("a seek to an imported position counts from then on", "[journal][imported]") {
    JournalEngine engine;
    auto journal = engine.open();
    append_ids(*journal, {"1", "2", "3"});
    auto consumer = journal->consumer("plugin", StartLatest{});
    consumer->seek(handled(2));
    CHECK(fetch_ids(*consumer) == Ids{"3"});
    consumer->seek(handled(10, {8}));
    append_ids(*journal, {"8", "9", "10", "11"});
    CHECK(fetch_ids(*consumer) == Ids{"8", "11"});
}

TEST_CASE("an absent plugin's gap after pruning does not count what it had handled", "[journal][imported]") {
    JournalEngine engine;
    auto journal = engine.open();
    { auto consumer = journal->consumer("plugin", handled(3, {2})); }
    append_ids(*journal, {"1", "2", "3", "4"});
    engine.clock.pass(std::chrono::hours(24 * 40));
    const std::vector<std::string> disabled{"plugin"};
    CHECK(journal->prune({}, disabled, engine.clock.now()).overtaken == disabled);
    auto consumer = journal->consumer("plugin", StartLatest{});
    const auto fetched = fetch(*consumer, engine.clock.now());
    REQUIRE(fetched.deliveries.size() == 1);
    CHECK(fetched.deliveries.front().event->kind == EventKind::gap);
    CHECK_THAT(fetched.deliveries.front().event->payload, Catch::Matchers::Contains("2 events were let go"));
}

}  // namespace foley::core::testing
