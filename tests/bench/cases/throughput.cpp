#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "bench/rig.hpp"
#include "integration/harness/scale.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace foley::bench {
namespace {

using testing::scaled;

struct FromJournal {
    double deliveries = 0;                  // of all plugins, a second
    double foleyd_us = 0, one_host_us = 0;  // processor time for a delivery, of all threads
};

FromJournal from_journal(std::size_t plugins, std::uint64_t events) {
    Rig rig({.plugins = plugins});
    rig.stock(events);
    rig.start_paused();
    const int foleyd = rig.daemon().pid();
    const Effort foleyd_before = effort_of(foleyd);
    const auto begin = now_ns();
    rig.resume();
    FromJournal result;
    result.deliveries = static_cast<double>(events * plugins) / rig.seconds_until(events, begin);
    const auto us = [events](const Effort& before, const Effort& after) {
        return 1e6 * (after.cpu_seconds - before.cpu_seconds) / static_cast<double>(events);
    };
    result.foleyd_us = us(foleyd_before, effort_of(foleyd)) / static_cast<double>(plugins);
    result.one_host_us = us({}, effort_of(rig.daemon().plugin(rig.plugins().front()).pid));  // began with resume()
    return result;
}

void processor_time(Bench& bench, const std::string& id, const FromJournal& measured) {
    bench.table.add({.id = id + "_foleyd_us",
                     .what = "foleyd's processor time for a delivery then",
                     .value = measured.foleyd_us,
                     .unit = "us",
                     .less_is_better = true});
    bench.table.add({.id = id + "_host_us",
                     .what = "the host's",
                     .value = measured.one_host_us,
                     .unit = "us",
                     .less_is_better = true});
}

}  // namespace

void site_to_plugins(Bench& bench, std::size_t plugins) {
    const std::uint64_t events = scaled(plugins == 1 ? 300'000 : 100'000, 1000);
    const std::filesystem::path directory = testing::build_directory();
    const testing::TemporaryDirectory flags(directory);
    const auto gate = flags.path() / "open";
    const ReadySite site(gate, events);
    ::setenv("FOLEY_TEST_SHOTGRID_KEY", "any", 1);  // what the harness hands on
    Rig rig({.plugins = plugins,
             .sites = "  ready: {kind: shotgrid, url: \"" + site.url() +
                      "\", user: bench, api_key: {env: FOLEY_TEST_SHOTGRID_KEY}}\n",
             .sources = "  log: {kind: shotgrid, site: ready, start: earliest, poll: 50ms, poll_idle: 50ms}\n"});
    rig.start();
    rig.daemon().await("the source to be live", [&] { return rig.daemon().source("log").state == "live"; });
    const auto begin = now_ns();
    open_gate(gate);
    const double seconds = rig.seconds_until(events, begin);
    if (plugins == 1) {
        bench.table.add({.id = "site_to_1",
                         .what = "site's ready pages to journal to 1 no-op plugin, events",
                         .value = static_cast<double>(events) / seconds,
                         .unit = "/s",
                         .limit = Figure::Limit{"slowest stage", bench.limits.slowest_stage()},
                         .target = 0.6});
        return;
    }
    bench.table.add({.id = fmt::format("site_to_{}", plugins),
                     .what = fmt::format("the same to {} no-op plugins, deliveries in all", plugins),
                     .value = static_cast<double>(events * plugins) / seconds,
                     .unit = "/s",
                     .limit = Figure::Limit{"frames, 256 in flight", bench.limits.frames()},
                     .target = 0.15});
}

void journal_to_plugins(Bench& bench) {
    const FromJournal one = from_journal(1, scaled(1'000'000, 1000));
    bench.table.add({.id = "journal_to_1",
                     .what = "full journal to 1 no-op plugin, events",
                     .value = one.deliveries,
                     .unit = "/s",
                     .limit = Figure::Limit{"frames, 256 in flight", bench.limits.frames()},
                     .target = 0.3});
    processor_time(bench, "journal_to_1", one);
    const FromJournal twenty = from_journal(20, scaled(200'000, 1000));
    bench.table.add({.id = "journal_to_20",
                     .what = "full journal to 20 no-op plugins, deliveries in all",
                     .value = twenty.deliveries,
                     .unit = "/s",
                     .limit = Figure::Limit{"to 1 plugin", one.deliveries},
                     .target = 1});
    processor_time(bench, "journal_to_20", twenty);
}

// They are up to date when the events come, as plugins are.
void bystanders(Bench& bench) {
    const std::uint64_t events = scaled(500'000, 1000);
    double us[2] = {};
    for (const std::size_t others : {std::size_t{0}, std::size_t{200}}) {
        Rig rig({.plugins = 1, .bystanders = others, .lines_source = true});
        rig.start();
        const Effort before = effort_of(rig.daemon().pid());
        rig.daemon().emit_many(events);
        rig.seconds_until(events, now_ns());
        const Effort after = effort_of(rig.daemon().pid());
        us[others == 0 ? 0 : 1] = 1e6 * (after.cpu_seconds - before.cpu_seconds) / static_cast<double>(events);
    }
    bench.table.add({.id = "bystanders",
                     .what = "200 plugins that want other events: foleyd's processor time more for an event",
                     .value = us[1] - us[0],
                     .unit = "us",
                     .less_is_better = true,
                     .target = 0.5});
}

}  // namespace foley::bench
