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

const HostWatchdog::Signs kNone{};

}  // namespace

TEST_CASE("a long call is slow once and then overdue", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms, 500ms);
    const SteadyTime start{};
    REQUIRE(watchdog.check(std::nullopt, kNone, start + 99s) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms), kNone, start + 99ms) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms), kNone, start + 100ms) == Verdict::slow);
    REQUIRE(watchdog.check(call(1, 0ms), kNone, start + 500ms) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms), kNone, start + 1000ms) == Verdict::overdue);
    REQUIRE(watchdog.check(call(2, 1000ms), kNone, start + 1100ms) == Verdict::slow);
}

TEST_CASE("progress restarts the clock", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms, 500ms);
    REQUIRE(watchdog.check(call(1, 950ms), kNone, SteadyTime{} + 1000ms) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 950ms), kNone, SteadyTime{} + 1940ms) == Verdict::slow);
    REQUIRE(watchdog.check(call(1, 950ms), kNone, SteadyTime{} + 1950ms) == Verdict::overdue);
}

TEST_CASE("loading and on_stop have limits of their own", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms, 500ms);
    REQUIRE(watchdog.check(call(1, 0ms, Phase::loading), kNone, SteadyTime{} + 9s) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms, Phase::on_stop), kNone, SteadyTime{} + 9s) == Verdict::fine);
    REQUIRE(watchdog.check(call(1, 0ms, Phase::on_start), kNone, SteadyTime{} + 9s) == Verdict::overdue);
}

TEST_CASE("a host that owes an answer and gives no sign between calls is silent", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 1000ms, 500ms);
    const SteadyTime start{};
    const HostWatchdog::Signs owes{.owes = true, .frames = 3, .last_call = start};
    REQUIRE(watchdog.check(std::nullopt, kNone, start) == Verdict::fine);
    REQUIRE(watchdog.check(std::nullopt, owes, start + 900ms) == Verdict::fine);  // a debt of now
    REQUIRE(watchdog.check(std::nullopt, owes, start + 1399ms) == Verdict::fine);
    REQUIRE(watchdog.check(std::nullopt, owes, start + 1400ms) == Verdict::silent);
}

TEST_CASE("a frame, a call and a debt that is paid break the silence", "[hosting][watchdog]") {
    HostWatchdog watchdog(100ms, 5000ms, 500ms);
    const SteadyTime start{};
    HostWatchdog::Signs owes{.owes = true, .frames = 3, .last_call = start};
    REQUIRE(watchdog.check(std::nullopt, owes, start + 400ms) == Verdict::fine);
    owes.frames = 4;
    REQUIRE(watchdog.check(std::nullopt, owes, start + 899ms) == Verdict::fine);
    REQUIRE(watchdog.check(std::nullopt, {.owes = false, .frames = 4, .last_call = start}, start + 1390ms) ==
            Verdict::fine);
    REQUIRE(watchdog.check(std::nullopt, owes, start + 9s) == Verdict::fine);
    // Calls that begin and end between two checks are seen by the time of their begin.
    owes.last_call = start + 9400ms;
    REQUIRE(watchdog.check(std::nullopt, owes, start + 9499ms) == Verdict::fine);
    // A long call is no silence, neither while it runs nor when it has just ended.
    REQUIRE(watchdog.check(call(2, 9500ms), owes, start + 9550ms) == Verdict::fine);
    owes.last_call = start + 9500ms;
    REQUIRE(watchdog.check(call(2, 9500ms), owes, start + 14400ms) == Verdict::slow);
    REQUIRE(watchdog.check(std::nullopt, owes, start + 14450ms) == Verdict::fine);
    REQUIRE(watchdog.check(std::nullopt, owes, start + 14950ms) == Verdict::silent);
}

TEST_CASE("what a plugin wrote is made printable", "[hosting][printable]") {
    REQUIRE(printable("Räume\tund\nZeilen") == "Räume\tund\nZeilen");
    REQUIRE(printable("\x1b[2J") == "\xef\xbf\xbd[2J");
    REQUIRE(printable("\xc2\x9b"
                      "2J\x7f") ==
            "\xef\xbf\xbd"
            "2J\xef\xbf\xbd");
    REQUIRE(printable("\xc2\xa0\xc3\x9b") == "\xc2\xa0\xc3\x9b");
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
