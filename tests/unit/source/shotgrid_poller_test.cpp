// How a ShotGrid source reads on, and what it does about missing ids: with a fake site and a fake clock.
#include "shotgrid_rig.hpp"

#include <foley/abi.h>

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;
using Start = ShotgridSourceOptions::Start;

namespace {

// Has read 1 to 100 and is idle.
struct Following : ShotgridRig {
    Following() {
        options.start = Start::earliest;
        log.commit(1, 100);
        start();
        settle();
        REQUIRE(ids() == numbers(1, 100));
    }
};

}  // namespace

TEST_CASE("events are read on in the order of their ids, full pages back to back", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.log.commit(1, 1'234);
    rig.start();
    rig.settle();
    CHECK(rig.ids() == numbers(1, 1'234));
    CHECK(rig.log.pages() == 3);
    CHECK(rig.wait() == 1s);
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.status().events == 1'234);
    CHECK(rig.more("position") == "1234");
    const auto event = rig.journal.events().front();
    CHECK(event.shape == Shape::shotgrid);
    CHECK(event.source == "shows");
    CHECK(event.type == "Shotgun_Task_Change");
    CHECK(event.projects == std::vector<std::string>{"70", "Demo"});
    CHECK(event.user == "Jane Doe");
    REQUIRE(event.changes.size() == 1);
    CHECK(event.changes[0] == Change{"Task", "5560", "sg_status_list", "update"});
}

TEST_CASE("behind a full page the next is asked for while the last is written, and taken with the next step",
          "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.log.commit(1, 1'100);
    rig.start();
    rig.step();
    CHECK(rig.ids() == numbers(1, 500));
    CHECK(rig.log.pages() == 2);
    CHECK(rig.more("position") == "500");

    SECTION("without another question") {
        rig.step();
        CHECK(rig.ids() == numbers(1, 1'000));
        CHECK(rig.log.pages() == 3);  // the next but one
    }
    SECTION("not when that was too long ago: what was missing then may be there") {
        rig.log.commit(1'101, 1'102);
        rig.clock.pass(6s);
        rig.settle();
        CHECK(rig.ids() == numbers(1, 1'102));
        CHECK(rig.log.pages() == 4);
    }
    SECTION("and nothing of it is in the journal before what was read first") {
        rig.journal.fail("the disk is full");
        rig.step();
        rig.step();
        CHECK(rig.ids() == numbers(1, 500));
        CHECK(rig.status().state == SourceState::stopped_by_journal);
        rig.journal.fail("");
        rig.live(10s);
        CHECK(rig.ids() == numbers(1, 1'100));
        CHECK(rig.status().duplicates == 0);
    }
    SECTION("a failure of it is no trouble yet") {
        rig.log.fail_next([] { return FakeEventLog::of(503, "busy", "text/html"); });
        rig.step();
        CHECK(rig.ids() == numbers(1, 1'000));
        CHECK(rig.status().state != SourceState::waiting);
        rig.live(1s);
        CHECK(rig.ids() == numbers(1, 1'100));
    }
    SECTION("a source that ends then loses nothing") {
        rig.start();
        rig.settle();
        CHECK(rig.ids() == numbers(1, 1'100));
        CHECK(rig.status().duplicates == 0);
    }
}

TEST_CASE("a site with smaller pages is read in those", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.log.page_limit = 100;
    rig.log.commit(1, 250);
    rig.start();
    rig.settle();
    CHECK(rig.ids() == numbers(1, 250));
    CHECK(rig.log.pages() == 3);
}

TEST_CASE("a source that is idle looks less and less often, and at once more often again", "[source][shotgrid]") {
    Following rig;
    rig.live(1s);
    CHECK(rig.wait() == 1s);
    const auto before = rig.log.pages();
    rig.live(2min);
    CHECK(rig.wait() <= 10s);
    CHECK(rig.log.pages() - before < 20);
    CHECK(rig.log.pages() - before >= 12);
    rig.log.commit(101);
    int tenths = 0;
    for (; rig.ids().back() != 101 && tenths < 101; ++tenths)
        rig.live(100ms);
    CHECK(tenths <= 100);
    rig.log.commit(102);
    rig.live(1s + 1ms);
    CHECK(rig.status().events == 102);
}

TEST_CASE("a source begins where it is told to", "[source][shotgrid]") {
    ShotgridRig rig;
    const auto start = rig.clock.wall;
    for (std::uint64_t id = 5'000; id < 5'100; ++id)
        rig.log.commit_at(id, start - 100s + std::chrono::seconds(id - 5'000));
    SECTION("at the newest event") {
        rig.start();
        rig.settle();
        CHECK(rig.ids().empty());
        CHECK(rig.more("position") == "5099");
    }
    SECTION("at the oldest, below which nothing is missing") {
        rig.options.start = Start::earliest;
        rig.start();
        rig.settle();
        CHECK(rig.ids() == numbers(5'000, 5'099));
        CHECK(rig.status().open_gaps == 0);
    }
    SECTION("at an id") {
        rig.options.start = Start::id;
        rig.options.start_id = 5'050;
        rig.start();
        rig.settle();
        CHECK(rig.ids() == numbers(5'050, 5'099));
        CHECK(rig.status().open_gaps == 0);
    }
    SECTION("at an id that is still to come") {
        rig.options.start = Start::id;
        rig.options.start_id = 5'102;
        rig.start();
        rig.settle();
        CHECK(rig.status().state == SourceState::live);
        rig.log.commit(5'100, 5'103);
        rig.live(2s);
        CHECK(rig.ids() == Ids{5'102, 5'103});
    }
    SECTION("at a time, with the events of that second") {
        rig.options.start = Start::time;
        rig.options.start_time = start - 10s;
        rig.start();
        rig.settle();
        CHECK(rig.ids() == numbers(5'090, 5'099));
    }
    SECTION("at a time after all events") {
        rig.options.start = Start::time;
        rig.options.start_time = start + 1h;
        rig.start();
        rig.settle();
        CHECK(rig.ids().empty());
    }
    rig.log.commit(5'200);
    rig.live(15s);
    CHECK(rig.ids().back() == 5'200);
}

TEST_CASE("a site without any event is followed from its first", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.start();
    rig.settle();
    CHECK(rig.status().state == SourceState::live);
    rig.log.commit(7);
    rig.live(2s);
    CHECK(rig.ids() == Ids{7});
}

TEST_CASE("the place of the start is kept though nothing happens", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.log.commit(1, 100);
    rig.start();
    rig.settle();
    rig.start();
    rig.log.commit(101);  // while it was away
    rig.settle();
    CHECK(rig.ids() == Ids{101});
}

TEST_CASE("what is committed after a start at the newest event is taken, also with a lower id", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.log.commit(90, 94);
    rig.log.commit(96, 100);
    rig.start();
    rig.settle();
    CHECK(rig.status().open_gaps == 1);
    rig.log.commit(95);
    rig.live(3s);
    CHECK(rig.ids() == Ids{95});
}

// ── missing ids ─────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("an event that comes late is taken when it appears, and no other comes again", "[source][shotgrid]") {
    Following rig;
    for (const auto id : {101, 102, 104, 105})
        rig.log.commit(static_cast<std::uint64_t>(id));
    rig.live(2s);
    CHECK(rig.ids().size() == 104);
    CHECK(rig.more("missing") == "103");
    rig.live(1s);
    rig.log.commit(103);
    rig.live(2s);
    auto wanted = numbers(1, 102);
    wanted.insert(wanted.end(), {104, 105, 103});
    CHECK(rig.ids() == wanted);
    CHECK(rig.status().duplicates == 0);
    CHECK(rig.status().open_gaps == 0);
    CHECK(rig.more("late") == "1");
    rig.live(10min);
    CHECK(rig.ids() == wanted);
}

TEST_CASE("an id that never comes is asked for alone, given up after five minutes, and told once",
          "[source][shotgrid]") {
    Following rig;
    rig.log.commit(101, 102);
    rig.log.commit(104, 105);
    rig.live(2s);
    const auto pages = rig.log.pages();
    rig.live(4min + 50s);
    CHECK(rig.more("missing") == "103");
    CHECK(rig.log.questions() < 60);
    rig.live(10s);
    CHECK(rig.more("missing").empty());
    CHECK(rig.more("given_up") == "103");
    CHECK(rig.more("never_appeared") == "1");
    CHECK(rig.count_told(FOLEY_LOG_INFO, "events 103") == 1);
    CHECK(rig.log.pages() - pages < 45);  // the stretch was not read again and again
    rig.live(2h);
    CHECK(rig.count_told(FOLEY_LOG_INFO, "events 103") == 1);
    CHECK(rig.ids().size() == 104);
}

TEST_CASE("newer events do not wait for a missing one, however many they are", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(102, 3'000);
    rig.live(1s);
    rig.settle();
    CHECK(rig.ids().size() == 2'999);
    CHECK(rig.ids().back() == 3'000);
    CHECK(rig.more("missing") == "101");
    rig.log.commit(101);
    rig.live(2s);
    CHECK(rig.ids().back() == 101);
    CHECK(rig.ids().size() == 3'000);
}

TEST_CASE("a jump of ten million ids costs few questions and a short cursor", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(10'000'101);
    rig.live(2s);
    CHECK(rig.status().open_gaps == 1);
    CHECK(rig.journal.cursor("shows")->size() < 250);
    // Some of them appear after all, more than fit in a page.
    for (std::uint64_t id = 5'000'000; id < 5'000'700; ++id)
        rig.log.commit(id);
    rig.live(5s);
    CHECK(rig.ids().size() == 801);
    rig.live(6min);
    CHECK(rig.log.questions() < 200);
    CHECK(rig.more("never_appeared") == std::to_string(10'000'000 - 700));
}

TEST_CASE("late events of a thousand gaps all come, each once", "[source][shotgrid]") {
    Following rig;
    for (std::uint64_t id = 101; id <= 5'000; ++id)
        if (id % 5 != 3) rig.log.commit(id);
    rig.live(5s);
    for (std::uint64_t id = 103; id <= 5'000; id += 10)
        rig.log.commit(id);
    rig.live(1min);
    for (std::uint64_t id = 108; id <= 5'000; id += 10)
        rig.log.commit(id);
    rig.live(1min);
    auto sorted = rig.ids();
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == numbers(1, 5'000));
    CHECK(rig.status().open_gaps == 0);
    CHECK(rig.log.questions() < 400);
}

TEST_CASE("an event that appears after it was given up is taken, with a warning", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(102);
    rig.live(7min);
    REQUIRE(rig.more("given_up") == "101");
    rig.log.commit(101);
    rig.live(1h);
    CHECK(rig.ids().back() == 101);
    CHECK(rig.count_told(FOLEY_LOG_WARNING, "event 101") == 1);
    CHECK(rig.more("given_up").empty());
}

TEST_CASE("after an outage of two days old gaps close at once and young ones are waited for", "[source][shotgrid]") {
    Following rig;
    const auto then = rig.clock.wall;
    rig.start();
    rig.clock.pass(48h);
    for (std::uint64_t id = 101; id <= 900; ++id)
        if (id != 200 && id != 899) rig.log.commit_at(id, then + (id < 800 ? 1h : 48h));
    rig.start();
    rig.settle();
    CHECK(rig.more("missing") == "200, 899");
    rig.live(4s);
    CHECK(rig.more("missing") == "899");
    CHECK(rig.more("never_appeared") == "1");
    rig.log.commit(899);
    rig.live(2s);
    CHECK(rig.ids().back() == 899);
}

TEST_CASE("a wall clock that jumps neither closes a gap nor keeps it open", "[source][shotgrid]") {
    Following rig;
    const auto jump = GENERATE(-60min, 60min, 10min, -48 * 60min);
    rig.log.commit(102);
    rig.live(2s);
    rig.clock.wall += jump;                                                   // summer time, or someone sets it
    rig.log.ahead -= std::chrono::duration_cast<std::chrono::seconds>(jump);  // the site's own goes on as it was
    rig.live(4min);
    CHECK(rig.more("missing") == "101");
    rig.live(1min + 5s);
    CHECK(rig.more("missing").empty());
    CHECK(rig.more("given_up") == "101");
}

TEST_CASE("a clock that is minutes off is told once, and changes nothing", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.log.ahead = GENERATE(10min, -10min);
    rig.options.start = Start::earliest;
    rig.log.commit(1, 10);
    rig.log.commit(12);
    rig.start();
    rig.live(4min);
    CHECK(rig.more("missing") == "11");
    CHECK(rig.count_told(FOLEY_LOG_WARNING, "clocks") == 1);
    CHECK(std::abs(std::stoi(rig.more("site_clock")) - rig.log.ahead.count()) <= 1);  // the header has whole seconds
    rig.live(90s);
    CHECK(rig.more("missing").empty());
}

TEST_CASE("questions for missing ids that fail do not stop what is newer", "[source][shotgrid]") {
    Following rig;
    rig.log.commit(102);
    rig.log.question_fault = [] {
        return FakeEventLog::of(200, R"({"exception":true,"error_code":103,"message":"no such filter"})");
    };
    rig.live(10s);
    CHECK(rig.status().state == SourceState::live);
    CHECK(rig.status().detail.find("no such filter") != std::string::npos);
    rig.log.commit(103, 200);
    rig.live(10s);
    CHECK(rig.ids().back() == 200);
    CHECK(rig.count_told(FOLEY_LOG_WARNING, "no such filter") == 1);
    // Nothing was given up meanwhile, however long it took.
    rig.live(20min);
    CHECK(rig.more("missing") == "101");
    rig.log.question_fault = nullptr;
    rig.log.commit(101);
    rig.live(1min);
    CHECK(rig.ids().back() == 101);
    CHECK(rig.status().detail.empty());
}

TEST_CASE("with too many open gaps nothing newer is read until they close, and that is shown", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.options.most_gaps = 20;
    rig.log.commit(1);
    for (std::uint64_t id = 3; id < 1'100; id += 2)
        rig.log.commit(id);
    rig.start();
    rig.settle();
    CHECK(rig.ids().size() == 500);
    CHECK(rig.status().detail.find("too many gaps") != std::string::npos);
    rig.live(6min);
    CHECK(rig.ids().size() == 550);
}
