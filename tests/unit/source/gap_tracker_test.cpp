#include "core/source/gap_tracker.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Found = GapTracker::Found;
using Ranges = std::vector<IdRange>;

namespace {

// A tracker with a steady clock and a site's clock of its own, and a site that answers every probe with what `there`
// says.
struct Log {
    GapTracker gaps{GapTracker::Rules{}};
    SteadyTime now{SteadyTime::duration(1000h)};
    std::optional<Timestamp> site_now = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 3 / 31));
    Ranges closed;  // so far

    void pass(std::chrono::milliseconds time) {
        now += time;
        if (site_now) *site_now += time;
    }
    // Young unless told otherwise: the event above has just happened.
    void discover(std::uint64_t first, std::uint64_t last, std::chrono::milliseconds age_of_above = 0ms) {
        gaps.discover({first, last}, site_now ? std::optional(*site_now - age_of_above) : std::nullopt, now);
    }
    // Sends what is due now and finds nothing. Returns how many questions that took.
    int probe() {
        int questions = 0;
        while (const auto probe = gaps.probe(now)) {
            ++questions;
            const auto more = gaps.answered(*probe, now, site_now);
            closed.insert(closed.end(), more.begin(), more.end());
        }
        return questions;
    }
    // Lets time pass and sends all that falls due. Returns how many questions that took.
    int live(std::chrono::milliseconds time) {
        const auto end = now + time;
        int questions = 0;
        for (;;) {
            const auto next = gaps.next_probe();
            if (!next || *next > end) break;
            if (*next > now) pass(std::chrono::ceil<std::chrono::milliseconds>(*next - now));
            questions += probe();
        }
        pass(std::chrono::duration_cast<std::chrono::milliseconds>(end - now));
        return questions;
    }
    GapTracker again() const {
        GapTracker restored{GapTracker::Rules{}};
        const auto text = gaps.text(now);
        INFO(text);
        REQUIRE(restored.restore(foley::json::parse(text), now));
        return restored;
    }
};

}  // namespace

TEST_CASE("a missing id that appears is late, once", "[source][gap_tracker]") {
    Log log;
    log.discover(103, 103);
    CHECK(log.gaps.open_ids() == 1);
    CHECK(log.gaps.fill(102) == Found::not_missing);
    CHECK(log.gaps.fill(103) == Found::open);
    CHECK(log.gaps.fill(103) == Found::not_missing);
    CHECK(log.gaps.open_ids() == 0);
    CHECK_FALSE(log.gaps.next_probe());
}

TEST_CASE("what is filled in the middle of a gap leaves both sides of it missing", "[source][gap_tracker]") {
    Log log;
    log.discover(100, 110);
    CHECK(log.gaps.fill(105) == Found::open);
    CHECK(log.gaps.fill(100) == Found::open);
    CHECK(log.gaps.fill(110) == Found::open);
    CHECK(log.gaps.open() == Ranges{{101, 104}, {106, 109}});
    CHECK(log.gaps.open_ids() == 8);
    CHECK(log.gaps.open_ranges() == 2);
    for (std::uint64_t id = 99; id <= 111; ++id)
        CHECK(log.gaps.missing(id) == (id > 100 && id < 110 && id != 105));
}

TEST_CASE("a gap that is known, or none at all, cannot be discovered", "[source][gap_tracker]") {
    Log log;
    log.discover(100, 110);
    CHECK_THROWS_AS(log.discover(105, 105), std::logic_error);
    CHECK_THROWS_AS(log.discover(90, 100), std::logic_error);
    CHECK_THROWS_AS(log.discover(110, 120), std::logic_error);
    CHECK_THROWS_AS(log.discover(120, 119), std::logic_error);
    CHECK(log.gaps.open() == Ranges{{100, 110}});
}

TEST_CASE("a jump of ten million ids costs one range, and is asked for as one", "[source][gap_tracker]") {
    Log log;
    log.discover(1'000, 10'000'999);
    CHECK(log.gaps.open_ranges() == 1);
    CHECK(log.gaps.open_ids() == 10'000'000);
    CHECK(log.gaps.text(log.now).size() < 100);
    log.pass(1s);
    const auto probe = log.gaps.probe(log.now);
    REQUIRE(probe);
    CHECK(probe->wide);
    CHECK(probe->ranges == Ranges{{1'000, 10'000'999}});
    const int questions = log.live(24h + 6min);
    CHECK(questions < 100);
    CHECK(log.closed == Ranges{{1'000, 10'000'999}});
}

TEST_CASE("narrow gaps that are due at the same time share a question", "[source][gap_tracker]") {
    Log log;
    for (std::uint64_t id = 100; id < 200; id += 2)
        log.discover(id, id);
    log.discover(5'000, 9'000);
    CHECK_FALSE(log.gaps.probe(log.now));
    log.pass(1s);
    const auto first = log.gaps.probe(log.now);
    REQUIRE(first);
    CHECK_FALSE(first->wide);
    CHECK(first->ranges.size() == 50);
    log.gaps.answered(*first, log.now, log.site_now);
    const auto second = log.gaps.probe(log.now);
    REQUIRE(second);
    CHECK(second->wide);
    log.gaps.answered(*second, log.now, log.site_now);
    CHECK_FALSE(log.gaps.probe(log.now));
}

TEST_CASE("a question asks for five hundred ids at most", "[source][gap_tracker]") {
    Log log;
    for (std::uint64_t first = 1'000; first < 41'000; first += 100)
        log.discover(first, first + 39);
    log.pass(1s);
    std::uint64_t ids = 0;
    int questions = 0;
    while (const auto probe = log.gaps.probe(log.now)) {
        std::uint64_t here = 0;
        for (const auto& range : probe->ranges)
            here += range.count();
        CHECK(here <= 500);
        ids += here;
        ++questions;
        log.gaps.answered(*probe, log.now, log.site_now);
    }
    CHECK(ids == 400 * 40);
    CHECK(questions == 34);  // 12 gaps of 40 each fit
}

TEST_CASE("a young gap is asked for often, an older one less often", "[source][gap_tracker]") {
    Log log;
    log.site_now.reset();
    log.discover(103, 103);
    CHECK(log.live(10s) >= 8);
    CHECK(log.live(4min + 49s) <= 30);
    CHECK(log.closed.empty());
    log.live(1s);
    CHECK(log.closed == Ranges{{103, 103}});
}

TEST_CASE("a gap closes five minutes after its discovery, whatever the clocks say", "[source][gap_tracker]") {
    Log log;
    SECTION("the site's clock stands still") {
        log.site_now.reset();
        log.discover(103, 103);
    }
    SECTION("the site's clock is ten minutes behind its own events") {
        log.discover(103, 103, -10min);
    }
    log.live(5min - 1ms);
    CHECK(log.closed.empty());
    CHECK(log.gaps.open_ids() == 1);
    log.live(1ms);
    CHECK(log.closed == Ranges{{103, 103}});
    CHECK(log.gaps.open_ids() == 0);
    CHECK(log.gaps.closed_ids() == 1);
}

TEST_CASE("nothing closes while nobody could ask", "[source][gap_tracker]") {
    Log log;
    log.discover(103, 103);
    log.pass(2h);  // the site was away, and so no probe was answered
    CHECK(log.gaps.open_ids() == 1);
    CHECK(log.gaps.fill(103) == Found::open);
}

TEST_CASE("a gap below an old event closes with the second question that finds nothing", "[source][gap_tracker]") {
    Log log;
    log.discover(103, 103, 5min + 1s);
    log.discover(203, 203, 5min - 1min);
    log.pass(1s);
    CHECK(log.probe() == 1);
    CHECK(log.closed.empty());
    log.pass(1s);
    CHECK(log.probe() == 1);
    CHECK(log.closed == Ranges{{103, 103}});
    CHECK(log.gaps.open() == Ranges{{203, 203}});
}

TEST_CASE("without the site's clock an old event closes nothing early", "[source][gap_tracker]") {
    Log log;
    log.discover(103, 103, 1h);
    log.site_now.reset();
    log.live(5min - 1ms);
    CHECK(log.closed.empty());
}

TEST_CASE("after two days away old gaps close at once and young ones stay", "[source][gap_tracker]") {
    Log log;
    log.discover(1'000, 1'010, 48h);
    log.discover(2'000, 2'000, 47h);
    log.discover(9'000, 9'000, 2s);
    log.live(3s);
    CHECK(log.closed == Ranges{{1'000, 1'010}, {2'000, 2'000}});
    CHECK(log.gaps.open() == Ranges{{9'000, 9'000}});
    // Nothing that is older than the day for which closed ones are asked for is kept at all.
    CHECK(log.gaps.closed().empty());
}

TEST_CASE("what closed is asked for hourly for a day, and an event found then is told apart", "[source][gap_tracker]") {
    Log log;
    log.discover(103, 103);
    log.discover(203, 203);
    log.live(5min);
    REQUIRE(log.gaps.closed() == Ranges{{103, 103}, {203, 203}});
    CHECK(log.live(12h + 1s) == 12);
    CHECK(log.gaps.fill(103) == Found::after_closing);
    CHECK(log.gaps.closed_ids() == 1);
    CHECK(log.live(12h) == 12);
    CHECK(log.gaps.closed_ids() == 0);
    CHECK_FALSE(log.gaps.next_probe());
    CHECK(log.gaps.fill(203) == Found::not_missing);
    CHECK(log.closed.size() == 2);
}

TEST_CASE("a page that ends within a wide gap leaves the rest to be asked for at once", "[source][gap_tracker]") {
    Log log;
    log.discover(1'000, 1'999);
    log.pass(1s);
    auto probe = log.gaps.probe(log.now);
    REQUIRE(probe);
    for (std::uint64_t id = 1'100; id < 1'600; ++id)
        CHECK(log.gaps.fill(id) == Found::open);
    log.gaps.answered(*probe, log.now, log.site_now, 1'599);
    CHECK(log.gaps.open() == Ranges{{1'000, 1'099}, {1'600, 1'999}});
    probe = log.gaps.probe(log.now);
    REQUIRE(probe);
    CHECK(probe->ranges == Ranges{{1'600, 1'999}});
    log.gaps.answered(*probe, log.now, log.site_now);
    CHECK_FALSE(log.gaps.probe(log.now));
}

TEST_CASE("a page that ends within the asked ids counts only for those that it reached", "[source][gap_tracker]") {
    Log log;
    log.discover(100, 119, 1h);
    log.pass(1s);
    const auto probe = log.gaps.probe(log.now);
    REQUIRE(probe);
    log.gaps.answered(*probe, log.now, log.site_now, 109);
    log.pass(1s);
    const auto again = log.gaps.probe(log.now);
    REQUIRE(again);
    CHECK(log.gaps.answered(*again, log.now, log.site_now) == Ranges{{100, 109}});
    CHECK(log.gaps.open() == Ranges{{110, 119}});
}

TEST_CASE("gaps survive a restart with their age, and nothing is waited for twice as long", "[source][gap_tracker]") {
    Log log;
    log.discover(50, 60);
    log.live(5min);
    log.discover(103, 103);
    log.discover(105, 10'000'000);
    log.discover(20'000'000'000, 20'000'000'001, 48h);
    log.pass(500ms);
    log.live(4min);
    log.gaps.discover({20'000'000'010, 20'000'000'010}, std::nullopt, log.now);
    const auto before_open = log.gaps.open();
    const auto before_closed = log.gaps.closed();

    auto restored = log.again();
    CHECK(restored.open() == before_open);
    CHECK(restored.closed() == before_closed);
    CHECK(restored.open_ids() == log.gaps.open_ids());
    CHECK(restored.closed_ids() == log.gaps.closed_ids());
    CHECK(restored.text(log.now) == log.gaps.text(log.now));

    log.gaps = std::move(restored);
    log.closed.clear();
    log.live(1min);
    CHECK(log.closed == Ranges{{103, 103}, {105, 10'000'000}});
}

TEST_CASE("what is no text of gaps is refused and changes nothing", "[source][gap_tracker]") {
    Log log;
    log.discover(103, 103);
    const auto text = GENERATE(
        as<std::string>{}, R"({})", R"({"gaps":1})", R"({"gaps":[1]})", R"({"gaps":[[0,1,1,0]]})",
        R"({"gaps":[[0,1,1,0,[1,1]]]})", R"({"gaps":[[0,-1,1,0,[1,1,null]]]})", R"({"gaps":[[0,1,1,0,[1,0,null]]]})",
        R"({"gaps":[[0,1,1,0,["1",1,null]]]})", R"({"gaps":[[0,99999999999999,1,0,[1,1,null]]]})",
        R"({"gaps":[[0,1,1,0,[18446744073709551615,2,null]]]})",
        R"({"gaps":[[0,1,1,0,[5,5,null]],[0,2,2,0,[7,1,null]]]})");
    CAPTURE(text);
    CHECK_FALSE(log.gaps.restore(foley::json::parse(text), log.now));
    CHECK(log.gaps.open() == Ranges{{103, 103}});
}

TEST_CASE("of closed gaps only so many are remembered, the newest", "[source][gap_tracker]") {
    Log log;
    for (std::uint64_t id = 0; id < 6'000; ++id)
        log.discover(100 + 2 * id, 100 + 2 * id);
    log.live(5min + 2s);
    CHECK(log.closed.size() == 6'000);
    const auto kept = log.gaps.closed();
    REQUIRE(kept.size() == 5'000);
    CHECK(kept.front().first == 100 + 2 * 1'000);
    CHECK(log.gaps.closed_ids() == 5'000);
}

TEST_CASE("ranges are told in few words", "[source][gap_tracker]") {
    CHECK(to_string(Ranges{}).empty());
    CHECK(to_string(Ranges{{103, 103}, {210, 215}}) == "103, 210-215");
    CHECK(to_string(Ranges{{1, 1}, {3, 3}, {5, 5}, {7, 7}}, 2) == "1, 3 and 2 more");
}
