// PluginMemo: what must outlive the daemon about a plugin besides its place in the journal: that it is disabled, by
// what, or paused. One small file per plugin in the state directory.
#pragma once

#include "core/event/types.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct PluginMemo {
    struct Disabled {
        std::string reason;
        std::string build;  // of the copy that failed; another build runs again
        Sequence event;     // the first one again; 0: none
        Timestamp since{};
    };
    std::optional<Disabled> disabled;
    bool paused = false;
    std::string last_crash;                // id of the newest crash report
    std::vector<std::string> good_builds;  // builds that ran, the newest last

    // A missing file is an empty memo; an unreadable one throws std::runtime_error.
    static PluginMemo load(const std::filesystem::path& file);
    // Written to a neighbour, synced and renamed. Throws std::system_error.
    void save(const std::filesystem::path& file) const;
};

}  // namespace foley::core
