#include "core/engine/timer_schedule.hpp"

#include "core/engine/restart_budget.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

std::vector<CallbackDeclaration> callbacks() {
    std::vector<CallbackDeclaration> made(3);
    made[1].kind = CallbackKind::timer;
    made[1].interval = 10s;
    made[2].kind = CallbackKind::timer;
    made[2].interval = 60s;
    return made;
}

const SteadyTime kStart{1000h};
using Due = std::vector<std::uint32_t>;

Due take_all(TimerSchedule& timers, SteadyTime now) {
    Due due;
    while (const auto timer = timers.take_due(now))
        due.push_back(*timer);
    return due;
}

}  // namespace

TEST_CASE("a timer's first tick is one interval after the start", "[engine][timer_schedule]") {
    TimerSchedule timers(callbacks(), kStart);
    CHECK(timers.next() == kStart + 10s);
    CHECK(take_all(timers, kStart + 9s).empty());
    CHECK(take_all(timers, kStart + 10s) == Due{1});
}

TEST_CASE("a timer is never in flight twice and missed ticks coalesce", "[engine][timer_schedule]") {
    TimerSchedule timers(callbacks(), kStart);
    CHECK(take_all(timers, kStart + 10s) == Due{1});
    CHECK(take_all(timers, kStart + 55s).empty());
    timers.finished(1, kStart + 55s, std::nullopt);
    CHECK(take_all(timers, kStart + 55s).empty());
    CHECK(take_all(timers, kStart + 65s) == Due{2, 1});
}

TEST_CASE("of timers that are due together only the one that is taken is in flight", "[engine][timer_schedule]") {
    TimerSchedule timers(callbacks(), kStart);
    CHECK(timers.take_due(kStart + 65s) == std::uint32_t{1});  // since 55 s; the other since 5 s
    CHECK(timers.next() == kStart + 60s);
    CHECK(timers.take_due(kStart + 65s) == std::uint32_t{2});
    CHECK_FALSE(timers.take_due(kStart + 65s));
}

TEST_CASE("a timer that has more to do comes again after the delay it names", "[engine][timer_schedule]") {
    TimerSchedule timers(callbacks(), kStart);
    CHECK(take_all(timers, kStart + 10s) == Due{1});
    timers.finished(1, kStart + 10s, 5ms);
    CHECK(timers.next() == kStart + 10s + 5ms);
}

TEST_CASE("a tick that was handed back is due as before", "[engine][timer_schedule]") {
    TimerSchedule timers(callbacks(), kStart);
    CHECK(take_all(timers, kStart + 10s) == Due{1});
    timers.returned(1);
    CHECK(take_all(timers, kStart + 10s) == Due{1});
}

TEST_CASE("a restart budget allows so many crashes in its window, with rising pauses", "[engine][restart_budget]") {
    RestartBudget budget(3, 10min);
    CHECK(budget.crashed(kStart) == 100ms);
    CHECK(budget.crashed(kStart + 1s) == 200ms);
    CHECK(budget.crashed(kStart + 2s) == 400ms);
    CHECK(budget.crashed(kStart + 3s) == std::nullopt);
    CHECK(budget.crashed(kStart + 10min + 1s).has_value());
    budget.forget();
    CHECK(budget.crashed(kStart + 10min + 2s) == 100ms);
}
