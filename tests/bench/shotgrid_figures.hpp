// What following a simulated ShotGrid site costs, with the real daemon.
#pragma once

#include <cstddef>

namespace foley::bench {

// Events per second of a site that has many that are new, to so many counting plugins; requests for a thousand of them.
void shotgrid_catch_up(std::size_t plugins, std::size_t events);
// What ten million ids that are missing cost: memory, and the time to read on above them.
void shotgrid_hole(std::size_t events);
// A plugin that takes 100 ms for each event beside one that counts.
void shotgrid_slow_plugin(std::size_t events);

}  // namespace foley::bench
