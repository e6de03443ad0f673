// PluginDirectory: what lies in the plugin directories. A scan lists the libraries; a tracker compares scans, waits
// until a changed file has been still for a moment, and says what appeared, changed and went.
//
// A scan touches the disk (which may be a dead mount): it runs on the engine's pool. The tracker is pure and lives on
// the engine's thread.
#pragma once

#include "core/engine/plugin_options.hpp"
#include "core/event/types.hpp"
#include "core/os/file_identity.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

// A library as it lies in a plugin directory. Its name is the file's stem.
struct PluginFile {
    std::string name;
    std::filesystem::path path;
    FileIdentity identity;  // of the resolved file: symlinks are followed
    std::string shadowed;   // sentence: another directory has a plugin of this name too; empty otherwise

    friend bool operator==(const PluginFile&, const PluginFile&) = default;
};

struct DirectoryScan {
    std::vector<PluginFile> files;      // by directory in configured order, then by name; names are unique
    std::vector<PluginFile> available;  // that their directory does not use, and no other has under that name
    std::vector<std::string> problems;  // sentences: a directory that cannot be read or is not trusted
    // A directory could not be read: what is missing from `files` may only be out of sight, so nothing counts as
    // removed.
    bool incomplete = false;
};

// Lists `*.so` of each directory; the first directory that uses one of a name wins: a library that is not used hides no
// other. Hidden files and names that are no plugin name
// (letters, digits, '_', '-', '.') are reported, not taken. Blocking.
DirectoryScan scan_plugin_directories(const std::vector<PluginDirectoryOptions>& directories,
                                      const std::vector<std::string>& trusted_owners,
                                      const std::vector<std::string>& trusted_groups);

bool is_plugin_name(const std::string& name) noexcept;

class PluginTracker {
public:
    explicit PluginTracker(std::chrono::milliseconds settle) : settle_(settle) {}

    struct Changes {
        std::vector<PluginFile> appeared;  // seen for the first time; not settled yet
        std::vector<PluginFile> settled;   // new or changed, and still since `settle`
        std::vector<std::string> removed;
        std::optional<SteadyTime> look_again;  // when the next file will have been still for long enough
    };
    Changes update(const DirectoryScan& scan, SteadyTime now);
    // Its file, if there is one, appears with the next scan.
    void forget(const std::string& name) { known_.erase(name); }
    void set_settle(std::chrono::milliseconds settle) { settle_ = settle; }

private:
    struct Known {
        PluginFile file;
        SteadyTime changed_at{};
        bool reported = false;  // as settled, in its present form
    };
    std::chrono::milliseconds settle_;
    std::map<std::string, Known> known_;
};

}  // namespace foley::core
