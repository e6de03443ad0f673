// Part of journal_contract.hpp: appending, reading, cursors, events set aside, notification.
#pragma once

#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace foley::core::testing {

TEST_CASE("an append gives sequence numbers in order and everything comes back as it was", "[journal][append]") {
    JournalEngine engine;
    auto journal = engine.open();
    Event first = event("a", {"12", "13"});
    first.projects = {"7", "Big Film"};
    first.user = "anna";
    first.shape = Shape::shotgrid;
    first.deadline = kStart + std::chrono::seconds(60);
    first.payload = std::string("{\"text\": \"\xc3\xa4\"}");
    std::vector<Event> batch{first, event("b")};
    const AppendResult result = journal->append("site", batch);
    CHECK(result.appended == 2);
    CHECK(result.duplicates == 0);
    CHECK(result.head == Sequence{2});
    CHECK(batch[0].sequence == Sequence{1});
    CHECK(batch[1].sequence == Sequence{2});

    const auto read = journal->read(Sequence{}, 10);
    REQUIRE(numbers(read) == Numbers{1, 2});
    const Event& back = *read[0];
    CHECK(back.source == "site");
    CHECK(back.id == "a");
    CHECK(back.shape == Shape::shotgrid);
    CHECK(back.type == first.type);
    CHECK(back.projects == first.projects);
    CHECK(back.user == "anna");
    CHECK(back.changes == first.changes);
    CHECK(back.received_at == first.received_at);
    CHECK(back.deadline == first.deadline);
    CHECK(back.payload == first.payload);
    CHECK(journal->info().events == 2);
    CHECK(journal->info().oldest == Sequence{1});
}

TEST_CASE("an event that is appended again changes nothing, within a batch, later, and after a restart",
          "[journal][append]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        std::vector<Event> batch{event("a"), event("b"), event("a")};
        CHECK(journal->append("site", batch).duplicates == 1);
        CHECK(batch[2].sequence == Sequence{});
        CHECK(append(*journal, {event("b"), event("c")}).head == Sequence{3});
        CHECK(append(*journal, {event("a")}, "other site").appended == 1);
        journal->close();
    }
    auto journal = engine.open();
    const AppendResult again = append(*journal, {event("a"), event("b"), event("c"), event("d")});
    CHECK(again.appended == 1);
    CHECK(again.duplicates == 3);
    CHECK(again.head == Sequence{5});
    CHECK(numbers(journal->read(Sequence{}, 10)) == Numbers{1, 2, 3, 4, 5});
}

TEST_CASE("events are found by sequence and by the id of their source", "[journal][append]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(3));
    append(*journal, events(1), "other");
    CHECK(journal->find("site", "e2") == Sequence{2});
    CHECK(journal->find("other", "e1") == Sequence{4});
    CHECK(journal->find("other", "e2") == std::nullopt);
    CHECK(journal->find("nobody", "e1") == std::nullopt);
    REQUIRE(journal->find(Sequence{3}) != nullptr);
    CHECK(journal->find(Sequence{3})->id == "e3");
    CHECK(journal->find(Sequence{5}) == nullptr);
}

TEST_CASE("a reading is limited by number and by bytes, but gives at least one event", "[journal][append]") {
    JournalEngine engine;
    auto journal = engine.open();
    append(*journal, events(5));
    CHECK(numbers(journal->read(Sequence{1}, 2)) == Numbers{2, 3});
    CHECK(numbers(journal->read(Sequence{}, 10, 1)) == Numbers{1});
    CHECK(journal->read(Sequence{5}, 10).empty());
}

TEST_CASE("a source's cursor commits with its events, alone, and survives", "[journal][append]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        CHECK(journal->cursor("site") == std::nullopt);
        auto batch = events(2);
        journal->append("site", batch, "place 1");
        journal->append("other", {}, std::string_view("\0binary", 7));
        append(*journal, {event("x")});
        CHECK(journal->cursor("site") == "place 1");
        journal->append("site", {}, "place 2");
    }
    auto journal = engine.open();
    CHECK(journal->cursor("site") == "place 2");
    CHECK(journal->cursor("other") == std::string("\0binary", 7));
}

TEST_CASE("an event without an id is refused and nothing of its batch is kept", "[journal][append]") {
    JournalEngine engine;
    auto journal = engine.open();
    CHECK_THROWS_AS(append(*journal, {event("a"), event("")}), std::invalid_argument);
    CHECK(journal->info().head == Sequence{});
    CHECK(append(*journal, {event("a")}).head == Sequence{1});
}

TEST_CASE("what cannot be appended is kept aside, whole", "[journal][append]") {
    JournalEngine engine;
    {
        auto journal = engine.open();
        journal->put_aside({0, "site", "not JSON", std::string("\x00\xff{", 3), kStart});
        journal->put_aside({0, "site", "too large", std::string(1 << 20, 'x'), kStart});
    }
    auto journal = engine.open();
    const auto aside = journal->aside(10);
    REQUIRE(aside.size() == 2);
    CHECK(aside[0].reason == "too large");
    CHECK(aside[0].text.size() == 1 << 20);
    CHECK(aside[1].text == std::string("\x00\xff{", 3));
    CHECK(aside[1].at == kStart);
    CHECK(aside[0].number != aside[1].number);
    CHECK(journal->aside(1).size() == 1);
}

TEST_CASE("a journal keeps its id, and every opening is a new generation", "[journal][append]") {
    JournalEngine engine;
    auto journal = engine.open();
    const JournalInfo first = journal->info();
    CHECK_FALSE(first.id.empty());
    CHECK_FALSE(first.unclean);
    CHECK(first.oldest == Sequence{1});
    journal->close();
    journal.reset();
    journal = engine.open();
    CHECK(journal->info().id == first.id);
    CHECK(journal->info().generation == first.generation + 1);
    CHECK_FALSE(journal->info().unclean);
    journal.reset();  // not closed
    journal = engine.open();
    CHECK(journal->info().generation == first.generation + 2);
    CHECK(journal->info().unclean);
}

TEST_CASE("after each commit those who subscribed hear of the new head, and can read it", "[journal][notify]") {
    JournalEngine engine;
    auto journal = engine.open();
    std::mutex mutex;
    std::condition_variable heard;
    Sequence head;
    bool readable = true;
    auto subscription = journal->on_append([&](Sequence now) {
        readable = readable && journal->find(now) != nullptr;
        const std::lock_guard lock(mutex);
        head = now;
        heard.notify_all();
    });
    append(*journal, events(3));
    {
        std::unique_lock lock(mutex);
        REQUIRE(heard.wait_for(lock, std::chrono::seconds(10), [&] { return head == Sequence{3}; }));
    }
    append(*journal, events(3));  // all known
    subscription.reset();
    append(*journal, events(2, "more"));
    CHECK(head == Sequence{3});
    CHECK(readable);
}

TEST_CASE("the name of the source may be that of the events", "[journal][append]") {
    JournalEngine engine;
    auto journal = engine.open();
    std::vector<Event> batch = events(2);
    batch[0].source = batch[1].source = "hub";
    CHECK(journal->append(batch[0].source, batch).appended == 2);
    CHECK(journal->find("hub", events(1)[0].id) == Sequence{1});
    for (const auto& event : journal->read(Sequence{}, 10))
        CHECK(event->source == "hub");
}

TEST_CASE("appends and consumers on several threads lose nothing and mix nothing up", "[journal][threads]") {
    JournalEngine engine;
    auto journal = engine.open();
    constexpr int kSources = 4;
    constexpr std::size_t kBatches = 60;
    std::vector<std::thread> threads;
    for (int source = 0; source < kSources; ++source) {
        threads.emplace_back([&, source] {
            const std::string name = "source" + std::to_string(source);
            for (std::size_t batch = 0; batch < kBatches; ++batch) {
                append(*journal, events(4, std::to_string(batch) + "-"), name);
                append(*journal, events(4, std::to_string(batch) + "-"), name);
            }
        });
    }
    constexpr std::size_t kAll = kSources * kBatches * 4;
    std::vector<Numbers> handled(3);
    for (std::size_t index = 0; index < handled.size(); ++index) {
        threads.emplace_back([&, index] {
            auto consumer = journal->consumer("plugin" + std::to_string(index), StartEarliest{});
            while (handled[index].size() < kAll) {
                for (const auto& delivery : fetch(*consumer, kStart, 16).deliveries) {
                    handled[index].push_back(delivery.event->sequence.value);
                    consumer->write({{"last", std::to_string(delivery.event->sequence.value)}});
                    consumer->finish(delivery.event->sequence);
                }
                std::this_thread::yield();
            }
            commit(*consumer);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(journal->info().head == Sequence{kAll});
    for (const Numbers& one : handled) {
        CHECK(one.size() == kAll);
        CHECK(std::is_sorted(one.begin(), one.end()));
        CHECK(std::set<std::uint64_t>(one.begin(), one.end()).size() == kAll);
    }
    for (const ConsumerInfo& info : journal->consumers()) {
        INFO(info.name << " " << info.problem);
        CHECK(info.position.value == kAll);
    }
    CHECK(journal->check().empty());
}

}  // namespace foley::core::testing
