// How a ShotGrid source begins and reads on: with a fake site and a fake clock.
#include "shotgrid_rig.hpp"

#include <foley/abi.h>

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;
using Start = ShotgridSourceOptions::Start;

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

TEST_CASE("an event is its entry as the site sent it", "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    const std::string members = R"("created_at":"2026-10-24T00:00:00Z" ,  "description":"caf\u00e9 \/ 1.50","x":1.50)";
    rig.log.commit(1, members);
    rig.start();
    rig.settle();
    REQUIRE(rig.journal.events().size() == 1);
    CHECK(rig.journal.events()[0].payload == R"({"type":"EventLogEntry","id":1,)" + members + "}");
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
        rig.log.commit_at(id, start - 1'000s + std::chrono::seconds((id - 5'000) * 10));
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
        rig.options.start_time = start - 100s;
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
