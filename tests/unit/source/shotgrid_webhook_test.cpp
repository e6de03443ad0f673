// What a poller makes of hints: that there is something new, and which events are among it.
#include "shotgrid_rig.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;

namespace {

// Asks once an hour by itself; has read 1 to 100 but for 50, which is missing.
struct Hinted : ShotgridRig {
    Hinted() {
        options.start = ShotgridSourceOptions::Start::earliest;
        options.poll = options.poll_idle = options.gaps.fastest_probe = options.gaps.slowest_probe = 1h;
        options.gaps.open_for = 24h;
        log.commit(1, 49);
        log.commit(51, 100);
        start();
        settle();
        REQUIRE(ids().size() == 99);
        REQUIRE(more("missing") == "50");
        clock.pass(1s);
    }
    std::size_t reads_of(const Ids& named) {
        const auto before = log.reads();
        hint(named);
        live(1s);
        return log.reads() - before;
    }
};

}  // namespace

TEST_CASE("a hint makes the source look at once", "[source][shotgrid][webhook]") {
    Hinted rig;
    rig.log.commit(101);
    rig.live(1min);
    CHECK(rig.ids().back() == 100);
    rig.hint({101});
    CHECK(rig.wait() <= 0ms);
    rig.live(0ms);
    CHECK(rig.ids().back() == 101);
    rig.log.commit(102);
    rig.clock.pass(1s);
    rig.hint({});
    rig.live(0ms);
    CHECK(rig.ids().back() == 102);
    CHECK(rig.wait() > 50min);
}

TEST_CASE("a hint that names a missing event has just that one asked for", "[source][shotgrid][webhook]") {
    Hinted rig;
    rig.log.commit(50);
    rig.hint({});
    rig.live(0ms);
    CHECK(rig.ids().back() == 100);
    rig.clock.pass(1s);
    rig.hint({50});
    rig.live(0ms);
    CHECK(rig.ids().back() == 50);
    CHECK(rig.status().open_gaps == 0);
    CHECK(rig.more("late") == "1");
    // Again, as a site may send twice.
    CHECK(rig.reads_of({50}) == 1);
    CHECK(rig.ids().size() == 100);
    CHECK(rig.status().duplicates == 0);
}

TEST_CASE("a hint that names an event of a wide hole does not read the hole", "[source][shotgrid][webhook]") {
    Hinted rig;
    rig.log.commit(10'000'000);
    rig.hint({});
    rig.live(0ms);
    rig.log.commit(5'000'000);
    rig.clock.pass(1s);
    rig.hint({5'000'000});
    rig.live(0ms);
    CHECK(rig.ids().back() == 5'000'000);
    CHECK(rig.status().open_gaps == 3);
}

TEST_CASE("an event that a hint names and the next read finds missing is asked for at once",
          "[source][shotgrid][webhook]") {
    Hinted rig;
    rig.log.commit(103);
    // The site shows 102 only when it is asked for it on its own.
    bool shown = false;
    rig.log.question_fault = [&] {
        shown = true;
        return FakeEventLog::of(502, "");
    };
    rig.hint({102});
    rig.live(0ms);
    CHECK(shown);
    CHECK(rig.ids().back() == 103);
    rig.log.question_fault = nullptr;
    rig.log.commit(102);
    rig.live(2s);  // the question is put again, as it failed
    CHECK(rig.ids().back() == 102);
}

TEST_CASE("a hint that names what was read, or what nobody has, costs one look", "[source][shotgrid][webhook]") {
    Hinted rig;
    CHECK(rig.reads_of({1, 99, 100}) == 1);
    CHECK(rig.reads_of({101, 9'999'999'999}) == 1);
    CHECK(rig.status().open_gaps == 1);
    Ids many;
    for (std::uint64_t id = 1; id <= 10'000; ++id)
        many.push_back(id);
    CHECK(rig.reads_of(many) <= 2);
}

TEST_CASE("many hints are few looks, and the last one counts", "[source][shotgrid][webhook]") {
    Hinted rig;
    const auto before = rig.log.reads();
    for (int millisecond = 0; millisecond < 2'000; ++millisecond) {
        rig.hint({});
        rig.live(1ms);
    }
    CHECK(rig.log.reads() - before >= 7);
    CHECK(rig.log.reads() - before <= 9);
    rig.log.commit(101);
    rig.hint({101});
    rig.live(250ms);
    CHECK(rig.ids().back() == 101);
}

TEST_CASE("a hint does not shorten the wait after a failure", "[source][shotgrid][webhook]") {
    Hinted rig;
    rig.options.first_delay = rig.options.longest_delay = 20s;
    rig.start();
    std::size_t asked = 0;
    const auto count = [&asked](int status) {
        return [&asked, status] {
            ++asked;
            return FakeEventLog::of(status, "", "text/html");
        };
    };
    SECTION("of the site") {
        rig.log.fault = count(503);
    }
    SECTION("of the credentials") {
        rig.log.fault = count(403);
    }
    rig.step();
    REQUIRE(asked == 1);
    for (int second = 0; second < 9; ++second) {
        rig.hint({101});
        rig.live(1s);
    }
    CHECK(asked == 1);
    rig.log.fault = nullptr;
    rig.log.commit(101);
    rig.live(61s);
    CHECK(rig.ids().back() == 101);
}

TEST_CASE("a source that has not begun bears hints", "[source][shotgrid][webhook]") {
    ShotgridRig rig;
    rig.log.commit(1, 10);
    rig.options.start = ShotgridSourceOptions::Start::earliest;
    rig.start();
    rig.hint({3, 11});
    rig.settle();
    CHECK(rig.ids() == numbers(1, 10));
}
