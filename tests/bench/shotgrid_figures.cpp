#include "bench/shotgrid_figures.hpp"

#include "bench/say.hpp"
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

std::string rate(std::size_t events, double seconds) {
    return fmt::format("{:.0f}/s", static_cast<double>(events) / seconds);
}

}  // namespace

void shotgrid_catch_up(std::size_t plugins, std::size_t events) {
    const auto options = counting(plugins);
    Show show(options);
    follow(show, options);
    std::vector<std::string> names;
    for (const PluginSection& plugin : options.plugins)
        names.push_back(plugin.name);
    const auto requests = show.site.requests();
    const auto [journal, whole] = catch_up(show, names, events);
    const auto asked = show.site.requests() - requests;
    say(fmt::format("{} events, ShotGrid site to journal, {} plugin(s) counting beside", events, plugins),
        rate(events, journal));
    say(fmt::format("{} events, ShotGrid site through journal to {} counting plugin(s)", events, plugins),
        rate(events, whole) + fmt::format(", {:.2f} requests per 1000 events",
                                          1000 * static_cast<double>(asked) / static_cast<double>(events)));
}

void shotgrid_hole(std::size_t events) {
    const auto options = counting(1);
    Show show(options);
    follow(show, options);
    const auto before = catch_up(show, {"counter0"}, events).second;
    say(fmt::format("{} events before a hole in a ShotGrid site's ids", events), rate(events, before));
    say_memory("memory of foleyd then", show.daemon.pid());
    show.reserve(10'000'000);
    const auto begin = now_ns();
    const auto head = show.daemon.status().head + 1;
    show.commit();
    await_position(show, "counter0", head);
    const auto found = now_ns() - begin;
    show.daemon.await("the hole to be seen", [&] { return show.source().open_gaps == 1; });
    say("an event above a hole of 10,000,000 ids, to its end, polled each 50 ms",
        fmt::format("{:.0f} ms", static_cast<double>(found) / 1e6));
    say_memory("memory of foleyd with the hole open", show.daemon.pid());
    const auto above = catch_up(show, {"counter0"}, events).second;
    say(fmt::format("{} events above the hole while it is open", events), rate(events, above));
    say_memory("memory of foleyd after them", show.daemon.pid());
}

void shotgrid_slow_plugin(std::size_t events) {
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
    const auto beside = catch_up(show, {"counter0"}, events).second;
    const auto slow = show.daemon.handled("slow").count("event");
    say(fmt::format("{} events to a counting plugin alone", events), rate(events, alone));
    say("the same beside a plugin that takes 100 ms for each",
        rate(events, beside) + fmt::format(", the slow one had handled {} by then", slow));
}

}  // namespace foley::bench
