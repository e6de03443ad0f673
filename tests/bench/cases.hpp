// The cases of the table: each measures with the real programs and adds its figures.
#pragma once

#include "bench/figure_table.hpp"
#include "bench/limits.hpp"

#include <cstdint>

namespace foley::bench {

struct Bench {
    FigureTable& table;
    Limits& limits;
    bool full;  // the largest sizes, too
};

// A site's ready-made pages through source, fsynced journal and no-op plugins.
void site_to_plugins(Bench& bench, std::size_t plugins);
// A full journal to no-op plugins.
void journal_to_plugins(Bench& bench);
// What plugins that want other events cost each event.
void bystanders(Bench& bench);
void commit_latency(Bench& bench);
void hub_latency(Bench& bench);
void reload(Bench& bench);
void start_with_full_journal(Bench& bench);
void memory(Bench& bench);
void idle(Bench& bench);
// Events a second as one dimension grows.
void growth(Bench& bench);
// The simulated ShotGrid site, which works for its answers: requests, a hole in the ids, a slow plugin beside a fast.
void shotgrid(Bench& bench);
// Labels on a simulated Hammerspace share; says so where there can be none.
void labels(Bench& bench);

}  // namespace foley::bench
