// From one end to the other, for a single event on a system that has nothing else to do.
#include "bench/cases.hpp"
#include "bench/measure.hpp"
#include "bench/own_engine.hpp"
#include "integration/harness/scale.hpp"
#include "integration/harness/studio.hpp"

#include <fmt/format.h>

#include <map>
#include <thread>

namespace foley::bench {

using namespace foley::testing;
using namespace std::chrono_literals;

void commit_latency(Bench& bench) {
    const std::size_t events = scaled(1000, 50);
    OwnEngine engine;
    std::thread site([&] {
        for (std::size_t i = 0; i < events; ++i) {
            engine.append();
            std::this_thread::sleep_for(kBetweenLoneEvents);
        }
    });
    engine.run_until([&] { return engine.position() >= events; });
    site.join();
    std::vector<std::int64_t> taken;
    for (const HandledLine& line : engine.handled())
        taken.push_back(OwnEngine::began_at(line) - engine.committed_at(line.sequence));
    bench.table.add({.id = "commit_to_callback",
                     .what = "journal commit to start of callback, idle system, median",
                     .value = ms(quantile(taken, 0.5)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 0.15});
    bench.table.add({.id = "commit_to_callback_99",
                     .what = "the same, 99 %",
                     .value = ms(quantile(taken, 0.99)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 1});
}

void hub_latency(Bench& bench) {
    const std::size_t events = scaled(2000, 100);
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
        const std::string event = R"({"id":")" + id + R"(","topic":"test.stamp","data":{},"source":{"id":"web-1",)" +
                                  R"("user":{"username":"ann@example.com"}},"target":"","sent":null,)" +
                                  R"("inReplyToEvent":null})";
        sent[id] = studio.site.with([&event](auto& world) {
            const auto at = now_ns();  // in the thread that sends it
            world.hub.publish(event);
            return at;
        });
        std::this_thread::sleep_for(kBetweenLoneEvents);
    }
    studio.daemon.await("all to be handled", [&] { return studio.daemon.handled("a").events().size() >= events; });
    std::vector<std::int64_t> taken;
    for (const HandledLine& line : studio.daemon.handled("a").events())
        if (const auto at = sent.find(line.id); at != sent.end())
            taken.push_back(OwnEngine::began_at(line) - at->second);
    const double median = ms(quantile(taken, 0.5)), commit = bench.limits.lone_commit_ms();
    bench.table.add({.id = "hub_to_callback",
                     .what = fmt::format("ftrack hub packet to start of callback, median {:.2f} ms: above a lone "
                                         "commit of {:.2f} ms",
                                         median, commit),
                     .value = median - commit,
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 0.3});
    bench.table.add({.id = "hub_to_callback_99",
                     .what = "the same from end to end, 99 %",
                     .value = ms(quantile(taken, 0.99)),
                     .unit = "ms",
                     .less_is_better = true,
                     .target = 3});
}

}  // namespace foley::bench
