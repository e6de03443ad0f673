#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto kSettle = 20ms;

std::int64_t stamp_of(const HandledLine& line) {
    return std::stoll(line.text.substr(line.text.rfind(' ') + 1));
}

}  // namespace

// Events flow all the while, four in a millisecond, so that both ends of the pause are seen.
void reload(Bench& bench) {
    const std::size_t reloads = scaled(50, 3);
    Daemon daemon({.plugins = {{.name = "a", .settings = "stamps: true"}}, .times = "settle: 20ms\nrescan: 30s\n"},
                  build_directory());
    daemon.install_recorder("a", 1);
    daemon.start();
    daemon.await_state("a", "running");
    std::atomic<bool> enough = false;
    std::thread site([&] {
        std::ofstream lines(daemon.events_file(), std::ios::app);
        for (std::uint64_t id = 1; !enough; ++id) {
            lines << R"({"id":")" << id << R"(","type":"test.note"})" << std::endl;
            std::this_thread::sleep_for(250us);
        }
    });
    std::vector<std::int64_t> saved;
    try {
        for (unsigned build = 2; build < reloads + 2; ++build) {
            saved.push_back(now_ns());
            daemon.install_recorder("a", build);
            daemon.await("the new build to handle events", [&] {
                const auto lines = daemon.handled("a").events();
                return !lines.empty() && lines.back().build == std::to_string(build);
            });
        }
    } catch (...) {
        enough = true;
        site.join();
        throw;
    }
    enough = true;
    site.join();
    std::vector<std::int64_t> to_first, pauses;
    const auto lines = daemon.handled("a").events();
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].build == lines[i - 1].build) continue;
        pauses.push_back(stamp_of(lines[i]) - stamp_of(lines[i - 1]));
        to_first.push_back(stamp_of(lines[i]) - saved.at(to_first.size()) - kSettle / 1ns);
    }
    bench.table.add({.id = "reload",
                     .what = "a saved library, settled, to its first event, median",
                     .value = ms(quantile(to_first, 0.5)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 40});
    bench.table.add({.id = "reload_pause",
                     .what = "the plugin's pause for it, events flowing, median",
                     .value = ms(quantile(pauses, 0.5)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 3});
    bench.table.add({.id = "reload_pause_99",
                     .what = "the same, 99 %",
                     .value = ms(quantile(pauses, 0.99)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 15});
}

}  // namespace foley::bench
