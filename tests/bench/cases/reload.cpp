#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "bench/own_engine.hpp"
#include "integration/harness/scale.hpp"

#include <atomic>
#include <thread>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

// Events flow all the while, one after each commit, so that both ends of the pause are seen.
void reload(Bench& bench) {
    const std::size_t reloads = scaled(50, 3);
    OwnEngine engine;
    std::atomic<bool> enough = false;
    std::thread site([&] {
        while (!enough)
            engine.append();
    });
    std::vector<std::int64_t> saved;
    try {
        for (unsigned build = 2; build < reloads + 2; ++build) {
            saved.push_back(now_ns());
            engine.install(build);
            engine.run_until([&] {
                const auto lines = engine.handled();
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
    const auto lines = engine.handled();
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].build == lines[i - 1].build) continue;
        const std::int64_t first = OwnEngine::began_at(lines[i]);
        pauses.push_back(first - OwnEngine::began_at(lines[i - 1]));
        to_first.push_back(first - saved.at(to_first.size()) - OwnEngine::kSettle / 1ns);
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
