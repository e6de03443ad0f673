// figures: what the whole of Foley does on this machine, measured with the real programs and printed as it came. It
// judges nothing.
//
//     events per second from a file of JSON lines through the journal to one counting plugin, and to ten
//     resident memory of foleyd and of each host
//     the time from saving a new library to its first event
//     the time from an ftrack hub packet to the start of the callback
//     a ShotGrid site: see shotgrid_figures.hpp
#include "bench/say.hpp"
#include "bench/shotgrid_figures.hpp"
#include "integration/harness/studio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>
#include <vector>

#include <sys/utsname.h>

namespace {

using namespace foley::bench;
using namespace foley::testing;
using namespace std::chrono_literals;
using std::chrono::duration;
using std::chrono::steady_clock;

// ── throughput ───────────────────────────────────────────────────────────────────────────────────────────────────────

void throughput(std::size_t plugins, std::size_t events) {
    DaemonSetup setup;
    setup.times = "settle: 20ms\nrescan: 5s\n";
    for (std::size_t i = 0; i < plugins; ++i)
        setup.plugins.push_back({.name = "counter" + std::to_string(i), .settings = "silent: true"});
    Daemon daemon(setup, build_directory());
    for (const PluginSection& plugin : setup.plugins)
        daemon.install_recorder(plugin.name);
    daemon.start();
    for (const PluginSection& plugin : setup.plugins)
        daemon.await_state(plugin.name, "running");
    const auto begin = steady_clock::now();
    daemon.emit_many(events);
    daemon.await(
        "all to be in the journal", [&] { return daemon.status().head >= events; }, 10min);
    const auto appended = steady_clock::now();
    for (const PluginSection& plugin : setup.plugins)
        daemon.await(
            "all to be handled", [&] { return daemon.plugin(plugin.name).position >= events; }, 10min);
    const duration<double> in_journal = appended - begin, whole = steady_clock::now() - begin;
    say(fmt::format("{} events, file to journal, {} plugin(s) counting beside", events, plugins),
        fmt::format("{:.0f}/s", static_cast<double>(events) / in_journal.count()));
    say(fmt::format("{} events, file through journal to {} counting plugin(s)", events, plugins),
        fmt::format("{:.0f}/s, {:.0f} callbacks/s", static_cast<double>(events) / whole.count(),
                    static_cast<double>(events * plugins) / whole.count()));
}

// ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void memory(std::size_t events) {
    Studio studio({.daemon = {.plugins = {{.name = "counter", .settings = "silent: true"}}}});
    studio.install_hammertrack();
    studio.daemon.install_recorder("counter");
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("counter", "running");
    studio.daemon.await_state("hammertrack", "running");
    say_memory("memory of foleyd, two plugins, idle after its start", studio.daemon.pid());
    say_memory("memory of the host of a counting plugin", studio.daemon.plugin("counter").pid);
    say_memory("memory of the host of hammertrack", studio.daemon.plugin("hammertrack").pid);
    studio.daemon.emit_many(events);
    studio.daemon.await_caught_up("counter", 10min);
    say_memory(fmt::format("memory of foleyd after {} events", events), studio.daemon.pid());
    say_memory("memory of the host of the counting plugin after them", studio.daemon.plugin("counter").pid);
}

// ── reload ───────────────────────────────────────────────────────────────────────────────────────────────────────────

std::int64_t stamp_of(const HandledLine& line) {
    return std::stoll(line.text.substr(line.text.rfind(' ') + 1));
}

void reload(const std::string& settle, std::size_t reloads) {
    Daemon daemon({.plugins = {{.name = "a", .settings = "stamps: true"}}, .times = "settle: " + settle + "\n"},
                  build_directory());
    daemon.install_recorder("a", 1);
    daemon.start();
    daemon.await_state("a", "running");
    std::vector<std::int64_t> taken;
    for (unsigned build = 2; build < reloads + 2; ++build) {
        daemon.install_recorder("a", build);
        const std::int64_t saved = now_ns();
        daemon.await("the first event of the new build", [&] {
            daemon.emit();
            const auto events = daemon.handled("a").events();
            const auto first = std::find_if(events.begin(), events.end(), [&](const HandledLine& line) {
                return line.build == std::to_string(build);
            });
            if (first == events.end()) return false;
            taken.push_back(stamp_of(*first) - saved);
            return true;
        });
    }
    say_quantiles("a saved library to its first event, settle " + settle, taken);
}

// ── latency ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void hub_latency(std::size_t events) {
    Studio studio(
        {.daemon = {.plugins = {{.name = "a", .settings = "stamps: true"}},
                    .sources = "  hub: {kind: ftrack, site: studio, topics: [ftrack.update, test.stamp]}\n"}});
    studio.daemon.install_recorder("a");
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("a", "running");
    std::map<std::string, std::int64_t> sent;
    for (std::size_t i = 0; i < events; ++i) {
        const std::string id = "stamp-" + std::to_string(i);
        sent[id] = now_ns();
        studio.site.publish("test.stamp", "{}", id);
        std::this_thread::sleep_for(5ms);  // a lively site, not a full pipe
    }
    studio.daemon.await("all to be handled", [&] { return studio.daemon.handled("a").events().size() >= events; });
    std::vector<std::int64_t> taken;
    for (const HandledLine& line : studio.daemon.handled("a").events())
        if (const auto at = sent.find(line.id); at != sent.end()) taken.push_back(stamp_of(line) - at->second);
    say_quantiles("an ftrack hub packet to the start of its callback", taken);
}

void machine() {
    utsname names{};
    ::uname(&names);
    std::ifstream cpus("/proc/cpuinfo");
    std::string model;
    for (std::string line; std::getline(cpus, line);)
        if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
    std::ifstream load("/proc/loadavg");
    std::string minute;
    load >> minute;
    std::cout << fmt::format("{} x {}, Linux {}, load {} at the start\n", std::thread::hardware_concurrency(), model,
                             names.release, minute)
              << std::endl;
}

}  // namespace

int main() {
    try {
        machine();
        throughput(1, scaled(100'000, 1000));
        throughput(10, scaled(100'000, 1000));
        memory(scaled(100'000, 1000));
        reload("500ms", scaled(20, 3));
        reload("20ms", scaled(20, 3));
        hub_latency(scaled(2000, 100));
        shotgrid_catch_up(1, scaled(100'000, 1000));
        shotgrid_catch_up(10, scaled(100'000, 1000));
        shotgrid_hole(scaled(20'000, 1000));
        shotgrid_slow_plugin(scaled(20'000, 1000));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "figures: " << error.what() << std::endl;
        return 1;
    }
}
