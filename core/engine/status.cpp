#include "core/engine/status.hpp"

namespace foley::core {

std::string_view to_string(PluginState state) noexcept {
    switch (state) {
        case PluginState::loading:
            return "loading";
        case PluginState::starting:
            return "starting";
        case PluginState::running:
            return "running";
        case PluginState::draining:
            return "draining";
        case PluginState::blocked:
            return "blocked";
        case PluginState::restarting:
            return "restarting";
        case PluginState::disabled:
            return "disabled";
        case PluginState::paused:
            return "paused";
        case PluginState::refused:
            return "refused";
        case PluginState::absent:
            return "absent";
        case PluginState::stopped:
            return "stopped";
        case PluginState::available:
            return "available";
    }
    return "unknown";
}

}  // namespace foley::core
