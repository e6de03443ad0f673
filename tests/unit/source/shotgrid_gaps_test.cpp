// What a ShotGrid source does about missing ids: with a fake site and a fake clock.
#include "shotgrid_rig.hpp"

#include <foley/abi.h>

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;
using Start = ShotgridSourceOptions::Start;

TEST_CASE("the first events of a new site come late like any others", "[source][shotgrid]") {
    ShotgridRig rig;
    const bool has_date = GENERATE(true, false);
    rig.log.has_date = has_date;
    SECTION("read from the earliest") {
        rig.options.start = Start::earliest;
    }
    SECTION("followed before there was one") {
        rig.start();
        rig.settle();
    }
    rig.log.commit(3);
    rig.start();
    rig.live(2s);
    CHECK(rig.ids() == Ids{3});
    CHECK(rig.more("missing") == "1-2");
    rig.start();
    rig.log.commit(1);
    rig.live(3s);
    CHECK(rig.ids() == Ids{3, 1});
    rig.live(6min);
    CHECK(rig.status().open_gaps == 0);
    CHECK(rig.ids() == Ids{3, 1});
}

TEST_CASE("far below the first event of a log nothing is waited for", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.log.commit(4'000'000);
    rig.start();
    rig.live(2s);
    CHECK(rig.more("missing") == "3999500-3999999");
}

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
