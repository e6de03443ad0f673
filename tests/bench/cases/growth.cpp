// Events a second as one dimension grows and the others stand still.
#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "bench/rig.hpp"
#include "integration/harness/scale.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace foley::bench {

using namespace foley::testing;

namespace {

constexpr double kWithin = 0.8;

void compare(Bench& bench, const std::string& id, const std::string& what, double grown, double small) {
    bench.table.add({.id = id,
                     .what = what,
                     .value = grown,
                     .unit = "/s",
                     .limit = Figure::Limit{"before growing", small},
                     .target = kWithin});
}

// New events through file source and journal to the one plugin that wants them.
double live(Rig& rig, std::uint64_t before) {
    const std::uint64_t events = scaled(200'000, 1000);
    rig.daemon().await_state(rig.plugins().front(), "running");
    rig.seconds_until(before, now_ns());
    const auto begin = now_ns();
    rig.daemon().emit_many(events);
    return static_cast<double>(events) / rig.seconds_until(before + events, begin);
}

double with_journal(std::uint64_t stored) {
    Rig rig({.plugins = 1, .lines_source = true, .plugin_defaults = "start: latest"});
    rig.stock(stored);
    rig.start();
    return live(rig, stored);
}

double with_plugins(std::size_t others) {
    Rig rig({.plugins = 1, .bystanders = others, .lines_source = true});
    rig.start();
    return live(rig, 0);
}

double with_gap(std::uint64_t missing) {
    const std::uint64_t events = scaled(200'000, 1000);
    const TemporaryDirectory flags(build_directory());
    const auto gate = flags.path() / "open";
    const ReadySite site(gate, events, missing);
    ::setenv("FOLEY_TEST_SHOTGRID_KEY", "any", 1);
    Rig rig({.plugins = 1,
             .sites = "  ready: {kind: shotgrid, url: \"" + site.url() +
                      "\", user: bench, api_key: {env: FOLEY_TEST_SHOTGRID_KEY}}\n",
             .sources = "  log: {kind: shotgrid, site: ready, start: earliest, poll: 50ms, poll_idle: 50ms}\n"});
    rig.start();
    const auto begin = now_ns();
    open_gate(gate);
    return static_cast<double>(events) / rig.seconds_until(events, begin);
}

// Events of their own entities that wait for a retry in an hour, beside those that flow.
double with_backlog(std::uint64_t waiting) {
    Daemon daemon({.plugins = {{.name = "a", .settings = "obeys: true, silent: false"}}}, build_directory());
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    for (std::uint64_t i = 0; i < waiting; ++i)
        daemon.emit("test.note", R"("outcomes": ["retry:3600000"])");
    daemon.await(
        "the backlog to be there", [&] { return daemon.plugin("a").retries >= waiting; }, std::chrono::minutes(10));
    const std::uint64_t events = scaled(50'000, 1000);
    const auto done = daemon.plugin("a").done;
    const auto begin = now_ns();
    daemon.emit_many(events);
    daemon.await(
        "the rest to be handled", [&] { return daemon.plugin("a").done >= done + events; }, std::chrono::minutes(10));
    return static_cast<double>(events) / seconds_since(begin);
}

}  // namespace

void growth(Bench& bench) {
    const std::uint64_t stored = scaled(bench.full ? 10'000'000 : 1'000'000, 1000);
    const double small = with_journal(scaled(100'000, 100));
    compare(bench, "growth_journal", fmt::format("file to 1 plugin with {} events in the journal", stored),
            with_journal(stored), small);
    compare(bench, "growth_plugins", "the same with 199 plugins beside that want others", with_plugins(199),
            with_plugins(0));
    compare(bench, "growth_gap", "ready pages to 1 plugin with 1000000 ids of gap", with_gap(1'000'000), with_gap(0));
    const std::uint64_t waiting = scaled(bench.full ? 99'000 : 20'000, 100);
    compare(bench, "growth_backlog", fmt::format("file to 1 plugin with {} events in its backlog", waiting),
            with_backlog(waiting), with_backlog(0));
}

}  // namespace foley::bench
