// bystander: wants events that the benchmarks never send.
#include <foley/plugin.hpp>

FOLEY_PLUGIN(registrar) {
    registrar.on({.type = {"bench.never"}}, [](const foley::Event&, foley::Context&) { return foley::done(); },
                 {.name = "on_event"});
}
