// What a ShotGrid source asks its site for while the journal is written to.
#include "shotgrid_rig.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Start = ShotgridSourceOptions::Start;

TEST_CASE("behind a full page the next is asked for while the last is written, and taken with the next step",
          "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.options.pages_ahead = 1;
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

TEST_CASE("the longer the journal takes, the more pages are asked for meanwhile, and appended together",
          "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = Start::earliest;
    rig.options.pages_ahead = 4;
    rig.log.commit(1, 3'700);
    rig.start();
    rig.journal.hold(true);
    const auto release_at = [&rig](std::size_t page) {
        rig.log.asked = [&rig, page] {
            if (rig.log.pages() == page) rig.journal.hold(false);
        };
    };

    SECTION("as many as it may") {
        release_at(5);
        rig.step();
        CHECK(rig.log.pages() == 5);
        CHECK(rig.ids() == numbers(1, 500));
        CHECK(rig.more("position") == "500");
        CHECK(rig.journal.appends() == 1);
        rig.step();
        CHECK(rig.ids() == numbers(1, 2'500));
        CHECK(rig.journal.appends() == 2);
    }
    SECTION("up to the end of the log") {
        rig.options.pages_ahead = 100;
        release_at(8);
        rig.step();
        rig.step();
        CHECK(rig.log.pages() == 8);
        CHECK(rig.ids() == numbers(1, 3'700));
        CHECK(rig.journal.appends() == 2);
    }
    SECTION("until one fails: those before it are good") {
        rig.log.asked = [&rig] {
            if (rig.log.pages() != 3) return;
            rig.log.fail_next([&rig] {
                rig.journal.hold(false);
                return FakeEventLog::of(503, "busy", "text/html");
            });
        };
        rig.step();
        CHECK(rig.log.pages() == 3);
        rig.log.asked = nullptr;
        rig.step();
        CHECK(rig.ids() == numbers(1, 1'500));
        CHECK(rig.status().state != SourceState::waiting);
    }
    SECTION("and those that are too old are asked for again, with all behind them") {
        release_at(5);
        rig.step();
        rig.log.asked = nullptr;
        rig.clock.pass(6s);
        rig.log.commit(3'701);
    }
    SECTION("and what is missing between two of them is waited for") {
        rig.log.forget(1'001);
        release_at(5);
        rig.step();
        rig.step();
        CHECK(rig.status().open_gaps == 1);
        rig.log.commit(1'001);
    }
    rig.live(10s);
    CHECK(rig.ids().size() == (rig.log.has(3'701) ? 3'701 : 3'700));
    CHECK(rig.status().duplicates == 0);
    CHECK(rig.status().open_gaps == 0);
}
