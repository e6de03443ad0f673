// Reloads in the thick of it: always events waiting, one of them in a callback. Each is handled once, in order.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kWaiting = 100;

std::string newest_build(const Daemon& daemon) {
    const auto starts = daemon.handled("a").of_kind("start");
    return starts.empty() ? "" : starts.back().build;
}

void check_once_and_in_order(const Daemon& daemon) {
    const Handled handled = daemon.handled("a");
    CHECK(handled.events().size() == daemon.emitted());
    CHECK(handled.missing(1, daemon.emitted()).empty());
    CHECK(handled.repeated() == 0);
    CHECK(handled.out_of_order().empty());
}

}  // namespace

TEST_CASE("two hundred reloads with a hundred events waiting lose none and repeat none", "[faults]") {
    Daemon daemon({.plugins = {{.name = "a", .settings = "work: 1ms"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    const unsigned reloads = static_cast<unsigned>(scaled(200, 10));
    for (unsigned build = 2; build <= reloads + 1; ++build) {
        daemon.await("one event in its callback and a hundred behind it", [&] {
            const PluginView a = daemon.plugin("a");
            if (daemon.emitted() - a.position < 3 * kWaiting) daemon.emit_many(5 * kWaiting);
            return a.state == "running" && a.in_flight > 0 && a.lag > kWaiting;
        });
        daemon.install_recorder("a", build);
        daemon.await("build " + std::to_string(build) + " to run",
                     [&] { return newest_build(daemon) == std::to_string(build); });
    }
    daemon.await_caught_up("a", 3min);
    check_once_and_in_order(daemon);
    CHECK(daemon.plugin("a").reloads == reloads);
    CHECK(daemon.handled("a").count("stop") == reloads);
}

TEST_CASE("a file that changes faster than a reload ends in its last build, and events come once", "[faults]") {
    Chance chance;
    Daemon daemon({.plugins = {{.name = "a", .settings = "work: 500us"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    daemon.await_state("a", "running");
    const unsigned changes = static_cast<unsigned>(scaled(100, 10));
    for (unsigned build = 2; build <= changes + 1; ++build) {
        daemon.emit_many(20);
        daemon.install_recorder("a", build);
        std::this_thread::sleep_for(chance.between(0us, 80000us));
    }
    daemon.await("the last build to run", [&] { return newest_build(daemon) == std::to_string(changes + 1); });
    daemon.await_caught_up("a", 3min);
    check_once_and_in_order(daemon);
}

TEST_CASE("reloads and kills of the daemon together lose nothing", "[faults]") {
    Chance chance;
    Daemon daemon({.plugins = {{.name = "a", .settings = "work: 500us"}}});
    const unsigned rounds = static_cast<unsigned>(scaled(30, 4));
    for (unsigned round = 1; round <= rounds; ++round) {
        daemon.install_recorder("a", 2 * round);
        daemon.start();
        daemon.emit_many(200);
        std::this_thread::sleep_for(chance.between(0us, 200000us));
        daemon.install_recorder("a", 2 * round + 1);
        std::this_thread::sleep_for(chance.between(0us, 150000us));
        daemon.kill();
    }
    daemon.start();
    daemon.await_caught_up("a", 3min);
    const Handled handled = daemon.handled("a");
    CHECK(handled.missing(1, daemon.emitted()).empty());
    CHECK(handled.repeated() <= rounds);
    CHECK(handled.repeated_wrongly().empty());
}
