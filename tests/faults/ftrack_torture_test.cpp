// The main job under fire: thousands of changes while the daemon is killed and the hub's connection cut. What counts is
// the end: every path has exactly the labels that ftrack says.
#include "integration/harness/studio.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace foley::testing;
using namespace std::chrono_literals;

TEST_CASE("ten thousand changes, twenty kills and twenty cuts end in the labels that ftrack says", "[faults]") {
    Chance chance;
    Studio studio({.sequences = 3, .shots = 4});
    studio.install_hammertrack();
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });

    const std::size_t updates = scaled(10'000, 200), faults = scaled(20, 3);
    std::size_t kills_left = faults, cuts_left = faults;
    const std::size_t between = updates / (2 * faults + 1);
    std::size_t next_fault = chance.between(1, between);
    std::size_t updated = 0;
    const auto update = [&] {
        const auto& entities = studio.entities();
        std::vector<std::string> labels;
        for (const std::string& label : Studio::labels())
            if (chance.between(0, 1) == 1) labels.push_back(label);
        studio.set_labels(entities[chance.between(0, entities.size() - 1)], labels);
        ++updated;
    };
    while (kills_left + cuts_left > 0) {
        for (; updated < next_fault; std::this_thread::sleep_for(chance.between(0us, 4000us)))
            update();
        next_fault += chance.between(between / 2, between);
        if (chance.between(1, kills_left + cuts_left) <= kills_left) {
            --kills_left;
            studio.daemon.kill();
            studio.daemon.launch();
        } else {
            --cuts_left;
            studio.site.drop_connections(chance.between(0, 1) == 1);
        }
    }
    const auto last_fault = std::chrono::steady_clock::now();
    while (updated < updates)
        update();
    studio.daemon.await_answer();
    studio.await_same(60s);
    const auto took = std::chrono::steady_clock::now() - last_fault;
    CHECK(took < patience(60s));
    studio.daemon.await_state("hammertrack", "running");
    CHECK(studio.daemon.plugin("hammertrack").dead_letters == 0);
    CHECK(studio.daemon.plugin("hammertrack").crashes == 0);
    WARN("all labels right " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                             << " ms after the last fault");
}
