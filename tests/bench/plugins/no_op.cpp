// no_op: takes every event and does nothing: what is left is Foley's own.
#include <foley/plugin.hpp>

FOLEY_PLUGIN(registrar) {
    registrar.on({}, [](const foley::Event&, foley::Context&) { return foley::done(); }, {.name = "on_event"});
}
