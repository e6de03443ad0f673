// The watchdog's judgement, by a clock that the test turns.
#include "core/hosting/host_watchdog.hpp"

#include "core/hosting/host_exit.hpp"
#include "core/hosting/printable.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Verdict = HostWatchdog::Verdict;

namespace {

RecordView::Call call(std::uint64_t number, std::chrono::milliseconds since, Phase phase = Phase::event) {
    RecordView::Call call;
    call.number = number;
    call.phase = phase;
    call.since = SteadyTime{} + since;
    return call;
}

}  // namespace

TEST_CASE("a long call is slow once and then overdue", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms);
    const SteadyTime start{};
    REQUIRE(watchdog.check(std::nullopt, start + 99s) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms), start + 99ms) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms), start + 100ms) == Verdict::slow);
    REQUIRE(watchdog.check(call(1, 0ms), start + 500ms) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms), start + 1000ms) == Verdict::overdue);
    REQUIRE(watchdog.check(call(2, 1000ms), start + 1100ms) == Verdict::slow);
}

TEST_CASE("progress restarts the clock", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms);
    REQUIRE(watchdog.check(call(1, 950ms), SteadyTime{} + 1000ms) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 950ms), SteadyTime{} + 1940ms) == Verdict::slow);
    REQUIRE(watchdog.check(call(1, 950ms), SteadyTime{} + 1950ms) == Verdict::overdue);
}

TEST_CASE("loading and on_stop have limits of their own", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms);
    REQUIRE(watchdog.check(call(1, 0ms, Phase::loading), SteadyTime{} + 9s) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms, Phase::on_stop), SteadyTime{} + 9s) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms, Phase::on_start), SteadyTime{} + 9s) == Verdict::overdue);
}

TEST_CASE("what a plugin wrote is made printable", "[hosting][printable]") {
    REQUIRE(printable("Räume\tund\nZeilen") == "Räume\tund\nZeilen");
    REQUIRE(printable("\x1b[2J") == "\xef\xbf\xbd[2J");
    REQUIRE(printable("a\xff\xc3") == "a\xef\xbf\xbd\xef\xbf\xbd");
    REQUIRE(printable("\xed\xa0\x80").find('\xed') == std::string::npos);
    REQUIRE(printable("\xf0\x9f\x8e\xac") == "\xf0\x9f\x8e\xac");
    REQUIRE(utf8_prefix("aä", 2) == "a");
    REQUIRE(utf8_prefix("aä", 3) == "aä");
    REQUIRE(utf8_prefix(std::string(10, '\x80'), 5).size() == 5);
}

TEST_CASE("durations are told as people say them", "[hosting][watchdog]") {
    REQUIRE(to_text(1800s) == "30 min");
    REQUIRE(to_text(60s) == "60 s");
    REQUIRE(to_text(250ms) == "250 ms");
}
