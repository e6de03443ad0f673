// Memory, idling, starting.
#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "bench/rig.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/studio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace foley::bench {

using testing::scaled;
using namespace std::chrono_literals;

void start_with_full_journal(Bench& bench) {
    const std::uint64_t events = scaled(bench.full ? 10'000'000 : 1'000'000, 1000);
    Rig rig({.plugins = 1, .plugin_defaults = "start: latest"});
    rig.stock(events);
    const auto begin = now_ns();
    rig.daemon().start();
    const double answered = seconds_since(begin);
    rig.daemon().await_state(rig.plugins().front(), "running");
    const double resident = memory_of(rig.daemon().pid()).resident_mib;
    bench.table.add({.id = "start",
                     .what = fmt::format("foleyd's start with {} events in the journal, to its first answer", events),
                     .value = answered,
                     .unit = "s",
                     .less_is_better = true,
                     .target = 1});
    bench.table.add({.id = "start_memory",
                     .what = "foleyd then, resident",
                     .value = resident,
                     .unit = "MiB",
                     .less_is_better = true,
                     .target = 60});
}

void memory(Bench& bench) {
    Rig rig({.plugins = 10, .lines_source = true});
    rig.start();
    const auto foleyd = [&](const std::string& id, const std::string& when) {
        bench.table.add({.id = id,
                         .what = "foleyd with ten plugins, " + when + ", resident",
                         .value = memory_of(rig.daemon().pid()).resident_mib,
                         .unit = "MiB",
                         .less_is_better = true,
                         .target = 30});
    };
    foleyd("memory_foleyd_start", "right after its start");
    std::this_thread::sleep_for(8s);  // it gives back what the start took
    foleyd("memory_foleyd", "before the first event");
    const std::uint64_t events = scaled(10'000, 100);
    rig.daemon().emit_many(events);
    rig.seconds_until(events, now_ns());
    foleyd("memory_foleyd_after", fmt::format("after {} events", events));
    std::this_thread::sleep_for(12s);  // time to give back what the burst took
    foleyd("memory_foleyd_later", "twelve seconds later");
    double most = 0;
    for (const std::string& name : rig.plugins())
        most = std::max(most, memory_of(rig.daemon().plugin(name).pid).proportional_mib);
    bench.table.add({.id = "memory_host",
                     .what = "the largest of their ten hosts, proportional",
                     .value = most,
                     .unit = "MiB",
                     .less_is_better = true,
                     .target = 4});
}

void idle(Bench& bench) {
    Rig rig({.plugins = 50});
    rig.start();
    std::vector<int> processes{rig.daemon().pid()};
    for (const std::string& name : rig.plugins())
        processes.push_back(rig.daemon().plugin(name).pid);
    std::this_thread::sleep_for(2s);  // what the start left to do
    const auto effort = [&] {
        Effort all;
        for (const int pid : processes) {
            const Effort one = effort_of(pid);
            all.cpu_seconds += one.cpu_seconds;
            all.wake_ups += one.wake_ups;
        }
        return all;
    };
    const Effort before = effort();
    const auto begin = now_ns();
    std::this_thread::sleep_for(20s);  // the time itself is what is measured over
    const Effort after = effort();
    const double seconds = seconds_since(begin);
    bench.table.add({.id = "idle_cpu",
                     .what = "fifty plugins, no events: foleyd and its hosts, of one core",
                     .value = 100 * (after.cpu_seconds - before.cpu_seconds) / seconds,
                     .unit = "%",
                     .less_is_better = true,
                     .target = 0.5});
    bench.table.add({.id = "idle_wake_ups",
                     .what = "their wake-ups a second, of all 51 processes",
                     .value = static_cast<double>(after.wake_ups - before.wake_ups) / seconds,
                     .unit = "/s",
                     .less_is_better = true});
}

}  // namespace foley::bench
