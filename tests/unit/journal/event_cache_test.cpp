// What plugins are at is kept in memory: EventCache alone, then what a consumer sees of it.
#include "core/journal/sqlite/event_cache.hpp"

#include "core/journal/sqlite/sqlite_journal.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace foley::core::testing {
namespace {

EventCache::Events made(std::uint64_t first, std::uint64_t last, const std::string& type = "task.changed",
                        const std::set<std::uint64_t>& without = {}) {
    EventCache::Events list;
    for (std::uint64_t number = first; number <= last; ++number) {
        if (without.contains(number)) continue;
        auto one = std::make_shared<Event>(event("e" + std::to_string(number)));
        one->sequence = Sequence{number};
        one->type = type;
        list.push_back(std::move(one));
    }
    return list;
}

void append(EventCache& cache, std::uint64_t first, std::uint64_t last, const std::string& type = "task.changed") {
    cache.append(Sequence{first - 1}, Sequence{last}, made(first, last, type));
}

// As a reader does that finds nothing. False: it was asked to read again.
bool load(EventCache& cache, std::uint64_t after, std::uint64_t head) {
    const auto range = cache.begin_load(Sequence{after}, Sequence{head});
    if (range) cache.put(*range, made(range->first.value + 1, range->second.value));
    return range.has_value();
}

Numbers all_from(const EventCache& cache, std::uint64_t after, std::size_t limit = 1000) {
    return numbers(cache.read(Sequence{after}, limit, {}).events);
}

Numbers counted(std::uint64_t first, std::uint64_t last) {
    Numbers list;
    for (std::uint64_t number = first; number <= last; ++number)
        list.push_back(number);
    return list;
}

// A journal in a file, and a plugin that begins with its first event.
struct OneConsumer {
    TempDirectory directory;
    std::unique_ptr<Journal> journal = [this] {
        SqliteJournalOptions options;
        options.file = directory.path() / "journal.db";
        return open_sqlite_journal(options);
    }();
    std::unique_ptr<Consumer> consumer = journal->consumer("plugin", StartEarliest{});
};

}  // namespace

TEST_CASE("what was appended is there, from any place on, over the ends of stretches", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    append(cache, 1, 200);
    append(cache, 201, 700);
    CHECK(all_from(cache, 0) == counted(1, 700));
    CHECK(all_from(cache, 255) == counted(256, 700));
    CHECK(all_from(cache, 256) == counted(257, 700));
    CHECK(cache.read(Sequence{700}, 10, {}).through == Sequence{700});
    const auto part = cache.read(Sequence{250}, 10, {});
    CHECK(numbers(part.events) == counted(251, 260));
    CHECK(part.through == Sequence{260});
    CHECK(part.next == Sequence{261});
}

TEST_CASE("numbers without an event are gone past", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    cache.append(Sequence{0}, Sequence{10}, made(1, 10, "task.changed", {1, 5, 9, 10}));
    const auto read = cache.read(Sequence{0}, 100, {});
    CHECK(numbers(read.events) == Numbers{2, 3, 4, 6, 7, 8});
    CHECK(read.through == Sequence{10});
}

TEST_CASE("what is not known is loaded, before and behind what is", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    append(cache, 101, 120);  // the daemon has just started
    CHECK(cache.read(Sequence{50}, 10, {}).through == Sequence{50});
    CHECK(load(cache, 50, 120));
    CHECK(all_from(cache, 50) == counted(51, 120));
    CHECK(load(cache, 0, 120));
    CHECK(all_from(cache, 0) == counted(1, 120));
    CHECK_FALSE(load(cache, 20, 120));  // it is there by now
    append(cache, 121, 130);
    CHECK(all_from(cache, 110) == counted(111, 130));
}

TEST_CASE("of large events only some are loaded, and reading goes on behind them", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    append(cache, 101, 120);
    const auto range = cache.begin_load(Sequence{50}, Sequence{120});
    REQUIRE(range);
    cache.put({range->first, Sequence{60}}, made(51, 60));
    CHECK(all_from(cache, 50) == counted(51, 60));
    CHECK(load(cache, 60, 120));
    CHECK(all_from(cache, 50) == counted(51, 120));
}

TEST_CASE("what all readers are past is forgotten, and what one is still to read is not", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    EventCache::Reader fast(cache, Sequence{0});
    std::optional<EventCache::Reader> slow(std::in_place, cache, Sequence{0});
    append(cache, 1, 1'000);
    CHECK(fast.read(Sequence{900}, 1'000, {}).events.size() == 100);
    append(cache, 1'001, 1'010);
    CHECK(all_from(cache, 0) == counted(1, 1'000));
    CHECK(slow->read(Sequence{600}, 1'000, {}).events.size() == 410);
    append(cache, 1'011, 1'020);
    CHECK(all_from(cache, 511) == Numbers{});  // with the rest of its stretch
    CHECK(all_from(cache, 512) == counted(513, 1'020));

    SECTION("until it is gone") {
        slow.reset();
        append(cache, 1'021, 1'030);
        CHECK(all_from(cache, 767) == Numbers{});
        CHECK(all_from(cache, 768) == counted(769, 1'030));
    }
    SECTION("and one that goes back reads the file") {
        CHECK(fast.read(Sequence{300}, 10, {}).through == Sequence{300});
        CHECK(load(cache, 300, 1'020));
        CHECK(numbers(fast.read(Sequence{300}, 1'000, {}).events) == counted(301, 1'020));
    }
    SECTION("the newest stretch stays, since it grows") {
        CHECK(slow->read(Sequence{1'020}, 10, {}).events.empty());
        CHECK(fast.read(Sequence{1'020}, 10, {}).events.empty());
        append(cache, 1'021, 1'021);
        CHECK(all_from(cache, 768) == counted(769, 1'021));
    }
}

TEST_CASE("stretches with no type that may be wanted are gone past as a whole", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    append(cache, 1, 256, "one");
    append(cache, 257, 512, "two");
    append(cache, 513, 520, "one");
    std::size_t asked = 0;
    const auto read = cache.read(Sequence{0}, 1000, [&](EventKind, std::string_view type) {
        ++asked;
        return type == "two";
    });
    CHECK(numbers(read.events) == counted(257, 512));
    CHECK(read.unwanted == 256 + 8);
    CHECK(read.through == Sequence{520});
    CHECK(asked == 3);
}

TEST_CASE("whether there is anything for a plugin is told by types, without going past it", "[journal][event_cache]") {
    EventCache cache(1 << 20);
    append(cache, 1, 300, "one");
    append(cache, 301, 520, "two");
    const auto wants = [](std::string_view what) {
        return [what](EventKind, std::string_view type) { return type == what; };
    };
    const auto through = [&](std::uint64_t after, std::string_view what) {
        return cache.unwanted_through(Sequence{after}, Sequence{520}, wants(what));
    };
    CHECK(through(0, "three") == Sequence{520});
    CHECK_FALSE(through(0, "one"));
    CHECK_FALSE(through(0, "two"));
    CHECK(through(512, "one") == Sequence{520});
    CHECK_FALSE(through(400, "one"));  // its stretch has some, though they are before it
    CHECK(through(520, "two") == Sequence{520});
    CHECK_FALSE(cache.unwanted_through(Sequence{0}, Sequence{521}, wants("three")));  // the last is not known
}

TEST_CASE("what was not used for longest is forgotten", "[journal][event_cache]") {
    EventCache cache(200'000);
    for (std::uint64_t first = 1; first < 2560; first += 256)
        append(cache, first, first + 255);
    CHECK(all_from(cache, 0).empty());
    CHECK(all_from(cache, 2304) == counted(2305, 2560));
    cache.clear();
    CHECK(all_from(cache, 2304).empty());
}

TEST_CASE("a stretch of large events is bounded too, and a reader still comes through it", "[journal][event_cache]") {
    const auto large = [](std::uint64_t first, std::uint64_t last) {
        EventCache::Events list;
        for (const auto& small : made(first, last)) {
            auto one = std::make_shared<Event>(*small);
            one->payload.assign(60'000, 'x');
            list.push_back(std::move(one));
        }
        return list;
    };
    EventCache cache(200'000);
    for (std::uint64_t number = 1; number <= 20; ++number)
        cache.append(Sequence{number - 1}, Sequence{number}, large(number, number));
    CHECK(all_from(cache, 0).empty());
    CHECK(all_from(cache, 17) == counted(18, 20));
    CHECK(cache.known_to(Sequence{17}) == Sequence{20});
    CHECK(cache.known_to(Sequence{3}) == Sequence{3});

    Sequence place;
    for (std::uint64_t number = 1; number <= 20; ++number) {
        const auto read = cache.read(place, 1, {});
        if (read.events.empty()) {
            const auto range = cache.begin_load(place, Sequence{20});
            REQUIRE(range);
            cache.put({place, place.next()}, large(number, number));
        }
        const auto again = cache.read(place, 1, {});
        REQUIRE(numbers(again.events) == Numbers{number});
        place = again.through;
    }
}

TEST_CASE("what is read ahead is there for the next fetch, and nothing else changes", "[journal][consumer]") {
    const OneConsumer plugin;
    const auto& journal = plugin.journal;
    const auto& consumer = plugin.consumer;
    testing::append(*journal, events(40));
    journal->rest();
    CHECK_FALSE(consumer->fetch_recent(64, any, kStart));  // it has to be read
    consumer->read_ahead();
    CHECK(consumer->info().position == Sequence{0});
    const auto fetched = consumer->fetch_recent(64, any, kStart);
    REQUIRE(fetched);
    CHECK(fetched->deliveries.size() == 40);
    consumer->read_ahead();  // there is nothing
    CHECK(consumer->fetch_recent(64, any, kStart)->deliveries.empty());
}

TEST_CASE("a consumer at the newest events is served without the disk, and one behind is not", "[journal][consumer]") {
    const OneConsumer plugin;
    const auto& journal = plugin.journal;
    const auto& consumer = plugin.consumer;
    testing::append(*journal, events(3));
    auto fetched = consumer->fetch_recent(64, any, kStart);
    REQUIRE(fetched);
    CHECK(numbers(fetched->deliveries) == Numbers{1, 2, 3});
    CHECK_FALSE(fetched->more);
    CHECK(consumer->fetch_recent(64, any, kStart)->deliveries.empty());

    SECTION("more than it takes at once is left to fetch") {
        testing::append(*journal, events(65, "f"));
        CHECK_FALSE(consumer->fetch_recent(64, any, kStart));
        CHECK(fetch(*consumer).deliveries.size() == 65);
    }
    SECTION("a retry that is due is left to fetch") {
        consumer->retry(Sequence{2}, kStart, attempt(1));
        CHECK_FALSE(consumer->fetch_recent(64, any, kStart));
        CHECK(fetch_numbers(*consumer) == Numbers{2});
    }
    SECTION("what has to be read is left to fetch") {
        journal->rest();
        testing::append(*journal, events(2, "f"));
        consumer->seek(StartEarliest{});
        CHECK_FALSE(consumer->fetch_recent(64, any, kStart));
        CHECK(fetch_numbers(*consumer) == Numbers{1, 2, 3, 4, 5});
    }
    SECTION("what nobody wants is finished on the way, and that is kept with the next commit") {
        testing::append(*journal, events(100, "f"));
        Consumer::Wanted other([](const Event&) { return false; });
        other.type = [](EventKind, std::string_view type) { return type == "other"; };
        for (const std::uint64_t number : {1U, 2U, 3U})
            consumer->finish(Sequence{number});
        fetched = consumer->fetch_recent(64, other, kStart);
        REQUIRE(fetched);
        CHECK(fetched->unwanted == 100);
        CHECK(consumer->info().position == Sequence{103});
        commit(*consumer);
        CHECK(consumer->fetch_recent(64, any, kStart)->deliveries.empty());
    }
}

TEST_CASE("a duplicate or a failed append leaves nothing in memory that is not in the file", "[journal][event_cache]") {
    const OneConsumer plugin;
    const auto& journal = plugin.journal;
    const auto& consumer = plugin.consumer;
    testing::append(*journal, {event("a"), event("b"), event("a"), event("c")});
    const auto read = journal->read(Sequence{}, 100, std::size_t{1} << 20);
    const auto fetched = consumer->fetch_recent(64, any, kStart);
    REQUIRE(fetched);
    REQUIRE(numbers(fetched->deliveries) == numbers(read));
    for (std::size_t index = 0; index < read.size(); ++index) {
        CHECK(fetched->deliveries[index].event->id == read[index]->id);
        CHECK(fetched->deliveries[index].event->source == read[index]->source);
        CHECK(fetched->deliveries[index].event->payload == read[index]->payload);
        CHECK(fetched->deliveries[index].event->received_at == read[index]->received_at);
    }
}

}  // namespace foley::core::testing
