#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/show.hpp"

#include <fmt/format.h>

#include <chrono>
#include <vector>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 10min;

Show::Options counting(std::size_t plugins) {
    Show::Options options;
    options.plugins.clear();
    for (std::size_t i = 0; i < plugins; ++i)
        options.plugins.push_back({.name = "counter" + std::to_string(i), .settings = "silent: true"});
    return options;
}

void follow(Show& show, const Show::Options& options) {
    show.follow();
    for (const PluginSection& plugin : options.plugins)
        show.daemon.await_state(plugin.name, "running");
}

void await_position(Show& show, const std::string& plugin, std::uint64_t position) {
    show.daemon.await(
        plugin + " to be there", [&] { return show.daemon.plugin(plugin).position >= position; }, kPatience);
}

// Adds events that the source finds all at once, and returns how long until the journal had them, and the plugins.
std::pair<double, double> catch_up(Show& show, const std::vector<std::string>& plugins, std::size_t events) {
    show.daemon.post("/v1/sources/shows/pause");
    show.await_source("paused");
    const auto head = show.daemon.status().head + events;
    show.commit_many(events);
    const auto begin = now_ns();
    show.daemon.post("/v1/sources/shows/resume");
    show.daemon.await(
        "all to be in the journal", [&] { return show.daemon.status().head >= head; }, kPatience);
    const auto appended = now_ns();
    for (const std::string& plugin : plugins)
        await_position(show, plugin, head);
    return {static_cast<double>(appended - begin) / 1e9, static_cast<double>(now_ns() - begin) / 1e9};
}

void catch_up_case(Bench& bench, std::size_t plugins) {
    const std::size_t events = scaled(100'000, 1000);
    const auto options = counting(plugins);
    Show show(options);
    follow(show, options);
    std::vector<std::string> names;
    for (const PluginSection& plugin : options.plugins)
        names.push_back(plugin.name);
    const auto requests = show.site.requests();
    const double whole = catch_up(show, names, events).second;
    const auto asked = show.site.requests() - requests;
    bench.table.add(
        {.id = fmt::format("shotgrid_to_{}", plugins),
         .what = fmt::format("simulated ShotGrid site (it works for its answers) to {} plugin(s), events", plugins),
         .value = static_cast<double>(events) / whole,
         .unit = "/s"});
    bench.table.add({.id = fmt::format("shotgrid_requests_{}", plugins),
                     .what = "requests for 1000 events then",
                     .value = 1000 * static_cast<double>(asked) / static_cast<double>(events),
                     .less_is_better = true});
}

void hole(Bench& bench) {
    const std::size_t events = scaled(20'000, 1000);
    const auto options = counting(1);
    Show show(options);
    follow(show, options);
    const double before = catch_up(show, {"counter0"}, events).second;
    const double memory_before = memory_of(show.daemon.pid()).resident_mib;
    show.reserve(10'000'000);
    const auto begin = now_ns();
    const auto head = show.daemon.status().head + 1;
    show.commit();
    await_position(show, "counter0", head);
    bench.table.add({.id = "hole_event",
                     .what = "the event above a hole of 10,000,000 ids to its end, polled each 50 ms",
                     .value = ms(static_cast<double>(now_ns() - begin)),
                     .unit = "ms",
                     .less_is_better = true});
    show.daemon.await("the hole to be seen", [&] { return show.source().open_gaps == 1; });
    bench.table.add({.id = "hole_memory",
                     .what = "what the open hole adds to foleyd's resident memory",
                     .value = memory_of(show.daemon.pid()).resident_mib - memory_before,
                     .unit = "MiB",
                     .less_is_better = true});
    const double above = catch_up(show, {"counter0"}, events).second;
    bench.table.add({.id = "hole_speed",
                     .what = "events above the hole while it is open",
                     .value = static_cast<double>(events) / above,
                     .unit = "/s",
                     .limit = Figure::Limit{"before it", static_cast<double>(events) / before},
                     .target = 0.8});
}

void slow_beside_fast(Bench& bench) {
    const std::size_t events = scaled(50'000, 1000);
    auto options = counting(1);
    double alone = 0;
    {
        Show show(options);
        follow(show, options);
        alone = catch_up(show, {"counter0"}, events).second;
    }
    options.plugins.push_back({.name = "slow", .settings = "work: 100ms"});
    Show show(options);
    follow(show, options);
    const double beside = catch_up(show, {"counter0"}, events).second;
    bench.table.add({.id = "slow_beside_fast",
                     .what = "a plugin beside one that takes 100 ms for each event",
                     .value = static_cast<double>(events) / beside,
                     .unit = "/s",
                     .limit = Figure::Limit{"alone", static_cast<double>(events) / alone},
                     .target = 0.8});
}

}  // namespace

void shotgrid(Bench& bench) {
    catch_up_case(bench, 1);
    catch_up_case(bench, 10);
    hole(bench);
    slow_beside_fast(bench);
}

}  // namespace foley::bench
