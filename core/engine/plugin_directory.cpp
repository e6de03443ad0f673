#include "core/engine/plugin_directory.hpp"

#include "core/engine/trust.hpp"

#include <algorithm>
#include <set>
#include <system_error>

#include <dirent.h>
#include <sys/stat.h>

namespace foley::core {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> library_names(const fs::path& directory) {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
        const fs::path name = entry.path().filename();
        if (name.extension() == ".so" && !name.native().starts_with('.')) names.push_back(name.string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

void scan_directory(const PluginDirectoryOptions& directory, DirectoryScan& scan,
                    std::map<std::string, std::size_t>& taken) {
    for (const std::string& file_name : library_names(directory.path)) {
        const fs::path path = directory.path / file_name;
        const std::string name = path.stem().string();
        if (!is_plugin_name(name)) {
            scan.problems.push_back(path.string() +
                                    ": not taken as a plugin: a plugin's name has only letters, digits, " +
                                    "'_', '-' and '.'; rename the file");
            continue;
        }
        std::optional<FileIdentity> identity = file_identity(path);
        if (!identity) continue;  // went away meanwhile, or a dangling link
        if (directory.only && !directory.only->contains(name)) {
            scan.available.push_back({name, path, *identity, {}});
            continue;
        }
        if (const auto first = taken.find(name); first != taken.end()) {
            PluginFile& winner = scan.files[first->second];
            winner.shadowed = path.string() + " is not used: " + winner.path.string() +
                              " has the same name and its directory comes first";
            continue;
        }
        taken.emplace(name, scan.files.size());
        scan.files.push_back({name, path, *identity, {}});
    }
}

}  // namespace

bool is_plugin_name(const std::string& name) noexcept {
    return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

DirectoryScan scan_plugin_directories(const std::vector<PluginDirectoryOptions>& directories,
                                      const std::vector<std::string>& trusted_owners,
                                      const std::vector<std::string>& trusted_groups) {
    DirectoryScan scan;
    std::map<std::string, std::size_t> taken;
    for (const PluginDirectoryOptions& directory : directories) {
        try {
            if (std::optional<std::string> why =
                    why_directory_untrusted(directory.path, trusted_owners, trusted_groups)) {
                scan.problems.push_back("plugin directory " + directory.path.string() + " is not used: " + *why);
                continue;
            }
            scan_directory(directory, scan, taken);
        } catch (const std::system_error& error) {
            scan.incomplete = true;
            scan.problems.push_back("plugin directory " + directory.path.string() +
                                    " cannot be read: " + error.code().message());
        }
    }
    std::set<std::string> names;  // two directories can leave the same one unused
    std::erase_if(scan.available,
                  [&](const PluginFile& file) { return taken.contains(file.name) || !names.insert(file.name).second; });
    return scan;
}

PluginTracker::Changes PluginTracker::update(const DirectoryScan& scan, SteadyTime now) {
    Changes changes;
    std::set<std::string> seen;
    for (const PluginFile& file : scan.files) {
        seen.insert(file.name);
        auto [place, is_new] = known_.try_emplace(file.name);
        Known& known = place->second;
        if (is_new) changes.appeared.push_back(file);
        if (is_new || known.file.identity != file.identity || known.file.path != file.path) {
            known.changed_at = now;
            known.reported = false;
        } else if (known.file.shadowed != file.shadowed) {
            known.reported = false;
        }
        known.file = file;
        if (known.reported) continue;
        const SteadyTime still_at = known.changed_at + settle_;
        if (now >= still_at) {
            known.reported = true;
            changes.settled.push_back(file);
        } else if (!changes.look_again || still_at < *changes.look_again) {
            changes.look_again = still_at;
        }
    }
    const auto left_out = [&](const std::string& name) {
        return std::any_of(scan.available.begin(), scan.available.end(),
                           [&](const PluginFile& file) { return file.name == name; });
    };
    for (auto known = known_.begin(); known != known_.end();) {
        if (seen.contains(known->first) || (scan.incomplete && !left_out(known->first))) {
            ++known;
        } else {
            changes.removed.push_back(known->first);
            known = known_.erase(known);
        }
    }
    return changes;
}

}  // namespace foley::core
