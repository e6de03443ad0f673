// on_crash: restart and quarantine, with their budget.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <thread>

using namespace foley::testing;
using Catch::Matchers::Contains;

TEST_CASE("under quarantine the event that crashes the plugin becomes a dead letter, and the plugin goes on",
          "[faults]") {
    Daemon daemon({.plugins = {{.name = "bad", .options = "on_crash: quarantine", .records = false}}});
    daemon.install("bad", test_plugin("obedient"));
    daemon.start();
    daemon.emit_many(5);
    daemon.emit("test.note", R"("do":"segfault")");
    daemon.emit_many(5);
    daemon.await_caught_up("bad");
    const PluginView bad = daemon.plugin("bad");
    CHECK(bad.state == "running");
    CHECK(bad.dead_letters == 1);
    CHECK(bad.crashes == 1);
    CHECK(bad.done == 10);
}

TEST_CASE("under restart a plugin that crashes again and again is disabled when its budget is used up", "[faults]") {
    Daemon daemon({.plugins = {{.name = "bad", .options = "on_crash: restart, restarts: 2", .records = false}}});
    daemon.install("bad", test_plugin("obedient"));
    daemon.start();
    daemon.emit("test.note", R"("do":"abort")");
    daemon.await_state("bad", "disabled");
    CHECK(daemon.plugin("bad").crashes == 3);
    CHECK(daemon.plugin("bad").position == 0);
    CHECK_THAT(daemon.plugin("bad").reason, Contains("event 1"));
    daemon.post("/v1/plugins/bad/enable", R"({"skip_event":true})");
    daemon.await_caught_up("bad");
    CHECK(daemon.plugin("bad").dead_letters == 1);
}

TEST_CASE("a host that is killed under restart repeats at most the event it was in", "[faults]") {
    Daemon daemon(
        {.plugins = {{.name = "a", .options = "on_crash: restart, restarts: 1000", .settings = "work: 500us"}}});
    daemon.install_recorder("a");
    daemon.start();
    Chance chance;
    const std::size_t kills = scaled(8, 2);
    for (std::size_t kill = 0; kill < kills; ++kill) {
        const std::size_t handled = daemon.handled("a").events().size();
        daemon.emit_many(300);
        daemon.await("events to flow", [&] { return daemon.handled("a").events().size() > handled; });
        std::this_thread::sleep_for(chance.between(std::chrono::microseconds(0), std::chrono::microseconds(50000)));
        const int pid = daemon.plugin("a").pid;
        if (pid != 0) ::kill(pid, SIGKILL);
    }
    daemon.await_caught_up("a", std::chrono::minutes(3));
    const Handled handled = daemon.handled("a");
    CHECK(handled.missing(1, daemon.emitted()).empty());
    CHECK(handled.repeated() <= kills);
    CHECK(handled.repeated_wrongly().empty());
}

TEST_CASE("a host that is stopped in a callback is killed by the watchdog, and its event runs again", "[faults]") {
    const std::string limit = std::to_string(patience(std::chrono::seconds(2)).count()) + "ms";
    Daemon daemon({.plugins = {{.name = "a",
                                .options = "on_crash: restart, callback_warn: 200ms, callback_timeout: " + limit,
                                .settings = "obeys: true"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("go").string() + "\"");
    PluginView view;
    daemon.await("the event to be in its callback", [&] { return (view = daemon.plugin("a")).in_callback == 1; });
    REQUIRE(view.pid > 0);
    ::kill(view.pid, SIGSTOP);
    daemon.emit();
    // The one after it is killed too, when that takes longer than the limit to be seen.
    daemon.await("the watchdog", [&] { return daemon.plugin("a").crashes > view.crashes; });
    daemon.raise_flag("go");
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").missing(1, 2).empty());
}

TEST_CASE("a host that is stopped between callbacks is killed when an event waits for it", "[faults]") {
    // Long enough for a start on a busy machine.
    const std::string limit = std::to_string(patience(std::chrono::seconds(2)) / std::chrono::seconds(1)) + " s";
    Daemon daemon({.plugins = {{.name = "a", .options = "on_crash: restart, silence_timeout: " + limit}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("a");
    const PluginView before = daemon.plugin("a");
    REQUIRE(before.in_callback == 0);
    REQUIRE(before.pid > 0);
    ::kill(before.pid, SIGSTOP);
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.plugin("a").crashes == 1);
    const auto crashes = daemon.get("/v1/crashes/a?limit=1");
    CHECK_THAT(foley::json::stringify(crashes), Contains("gave no sign of life for " + limit + " between callbacks"));
    CHECK(daemon.handled("a").missing(1, 2).empty());
    CHECK(daemon.handled("a").repeated() == 0);
}
