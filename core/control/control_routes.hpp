// The control interface: what foleyctl and other programs may ask of a running daemon and tell it to do, as HTTP and
// JSON. The page is docs/control-interface.md; what stands there must not change its meaning.
//
// Thread: the engine's.
#pragma once

#include "core/engine/engine.hpp"
#include "core/http/router.hpp"

#include <functional>
#include <string>

namespace foley::core {

struct ControlContext {
    Engine& engine;      // outlives the router
    const Clock& clock;  // likewise
    std::string version;
    std::function<void(int level, const std::string& text)> log;  // what was done by hand; FOLEY_LOG_…
    std::function<void(std::function<void(std::string error)> done)> reload_configuration;  // as SIGHUP
};

Router make_control_routes(ControlContext context);

}  // namespace foley::core
