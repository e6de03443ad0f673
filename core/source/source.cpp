#include "core/source/source.hpp"

namespace foley::core {

std::string_view to_string(SourceState state) noexcept {
    switch (state) {
        case SourceState::starting:
            return "starting";
        case SourceState::connecting:
            return "connecting";
        case SourceState::live:
            return "live";
        case SourceState::waiting:
            return "waiting";
        case SourceState::refused:
            return "refused";
        case SourceState::stopped_by_journal:
            return "stopped_by_journal";
        case SourceState::paused:
            return "paused";
        case SourceState::stopped:
            return "stopped";
    }
    return "unknown";
}

}  // namespace foley::core
