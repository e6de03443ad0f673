// figures: what the whole of Foley does on this machine, measured with the real programs and printed as it came. It
// judges nothing.
//
//     events per second from a file of JSON lines through the journal to one counting plugin, and to ten
//     resident memory of foleyd and of each host
//     the time from saving a new library to its first event
//     the time from an ftrack hub packet to the start of the callback
#include "integration/harness/studio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include <sys/utsname.h>

namespace {

using namespace foley::testing;
using namespace std::chrono_literals;
using std::chrono::duration;
using std::chrono::steady_clock;

void say(const std::string& what, const std::string& figure) {
    std::cout << fmt::format("{:<66} {}", what, figure) << std::endl;
}

std::int64_t now_ns() {
    return steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

std::string milliseconds(std::int64_t nanoseconds) {
    return fmt::format("{:.2f} ms", static_cast<double>(nanoseconds) / 1e6);
}

// The value at `part` (0 to 1) of the sorted values.
std::int64_t quantile(std::vector<std::int64_t> values, double part) {
    std::sort(values.begin(), values.end());
    const auto index = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5);
    return values.at(index);
}

void say_quantiles(const std::string& what, const std::vector<std::int64_t>& nanoseconds) {
    say(what, fmt::format("median {}, 99 % {}, most {} (n = {})", milliseconds(quantile(nanoseconds, 0.5)),
                          milliseconds(quantile(nanoseconds, 0.99)), milliseconds(quantile(nanoseconds, 1)),
                          nanoseconds.size()));
}

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

// "Rss" and "Pss" in KiB.
std::map<std::string, std::uint64_t> memory_of(int pid) {
    std::ifstream stream("/proc/" + std::to_string(pid) + "/smaps_rollup");
    std::map<std::string, std::uint64_t> result;
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t value = 0;
        if (words >> name >> value && name.ends_with(":")) result[name.substr(0, name.size() - 1)] = value;
    }
    return result;
}

void say_memory(const std::string& what, int pid) {
    const auto memory = memory_of(pid);
    const auto mib = [&](const char* name) {
        const auto found = memory.find(name);
        return static_cast<double>(found == memory.end() ? 0 : found->second) / 1024;
    };
    say(what, fmt::format("{:.1f} MiB resident, {:.1f} MiB its own", mib("Rss"),
                          mib("Private_Clean") + mib("Private_Dirty")));
}

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
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "figures: " << error.what() << std::endl;
        return 1;
    }
}
