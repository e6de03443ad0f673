// The daemon is killed again and again at any moment, also while it starts: nothing is lost, and only what was in a
// callback comes again.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

void check_promise(const Daemon& daemon, const std::string& plugin, std::size_t kills) {
    CAPTURE(plugin);
    const Handled handled = daemon.handled(plugin);
    CHECK(handled.missing(1, daemon.emitted()).empty());
    CHECK(handled.repeated() <= kills);
    CHECK(handled.repeated_wrongly() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("two hundred kills of the daemon lose no event, no retry, no dead letter and no write", "[faults]") {
    Chance chance;
    Daemon daemon({.plugins = {{.name = "quick"},
                               {.name = "slow", .settings = "work: 300us"},
                               {.name = "ledger", .options = "on_error: skip"}}});
    daemon.install_recorder("quick");
    daemon.install_recorder("slow");
    daemon.install("ledger", test_plugin("ledger"));
    const std::size_t kills = scaled(200, 10);
    for (std::size_t kill = 0; kill < kills; ++kill) {
        daemon.launch();
        daemon.emit_many(chance.between(1, 60));
        // Half of them while it starts, half while it works.
        std::this_thread::sleep_for(chance.between(0us, kill % 2 == 0 ? 150000us : 500000us));
        daemon.kill();
    }
    daemon.start();
    for (const char* plugin : {"quick", "slow", "ledger"})
        daemon.await_caught_up(plugin, 3min);
    const std::uint64_t count = daemon.emitted();
    daemon.emit("test.report");
    daemon.await_caught_up("ledger");

    check_promise(daemon, "quick", kills);
    check_promise(daemon, "slow", kills);
    const Handled ledger = daemon.handled("ledger");
    CHECK(ledger.missing(1, count).empty());
    CHECK(ledger.repeated() <= kills);
    CHECK(ledger.repeated_wrongly() == std::vector<std::string>{});
    for (const HandledLine& line : ledger.of_kind("broken"))
        FAIL_CHECK(line.text);
    // Of every ten events two were tried three times, one is a dead letter, the others are in the store once.
    std::uint64_t dead = 0, retried = 0;
    for (std::uint64_t id = 1; id <= count; ++id) {
        if (id % 10 == 9) ++dead;
        if (id % 10 == 3 || id % 10 == 6) ++retried;
    }
    CHECK(daemon.plugin("ledger").dead_letters == dead);
    CHECK(daemon.plugin("ledger").retries == 0);
    const auto reports = ledger.of_kind("report");
    REQUIRE_FALSE(reports.empty());
    const std::string finished = std::to_string(count - dead);
    CHECK_THAT(reports.back().text,
               Catch::Matchers::Contains(" " + finished + " " + std::to_string(retried) + " " + finished + " "));
}

TEST_CASE("a daemon that is killed while it starts after a kill repeats nothing that was finished", "[faults]") {
    // Positions are hardly ever committed, so the progress page alone knows what was finished.
    Chance chance;
    Daemon daemon({.plugins = {{.name = "a"}}, .top = "journal: {commit_interval: 10s}\n"});
    daemon.install_recorder("a");
    const std::size_t rounds = scaled(30, 5);
    for (std::size_t round = 0; round < rounds; ++round) {
        daemon.start();
        daemon.emit_many(50);
        daemon.await("all to be handled", [&] { return daemon.handled("a").missing(1, daemon.emitted()).empty(); });
        daemon.kill();
        for (int start = 0; start < 3; ++start) {
            daemon.launch();
            std::this_thread::sleep_for(chance.between(10000us, 80000us));
            daemon.kill();
        }
    }
    daemon.start();
    daemon.await_caught_up("a");
    check_promise(daemon, "a", 4 * rounds);
}
