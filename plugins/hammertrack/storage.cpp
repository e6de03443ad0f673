#include "hammertrack/storage.hpp"

#include <filesystem>

namespace hammertrack {
namespace {

std::string normalised(const std::string& path) {
    std::string text = std::filesystem::path(path).lexically_normal().string();
    while (text.size() > 1 && text.back() == '/')
        text.pop_back();
    return text;
}

std::string checked(const std::string& path, const std::string& where) {
    if (path.find('$') != std::string::npos || path.front() == '~') {
        throw NoStorage(where + " is \"" + path +
                        "\", which depends on a user's environment. Name the folder in the setting "
                        "`mount`.");
    }
    if (path.front() != '/') throw NoStorage(where + " is \"" + path + "\", which is no absolute path.");
    std::string root = normalised(path);
    if (root == "/") throw NoStorage(where + " is \"/\", the whole machine. Name the folder of the share.");
    return root;
}

}  // namespace

Storage storage_of(const foley::site::FtrackStorage& scenario, const std::string& mount, const std::string& location,
                   bool versions) {
    Storage storage;
    storage.location = !location.empty() ? location : scenario.centralized() ? scenario.location_id : std::string();
    const std::string mount_of_site = scenario.centralized() ? scenario.mount_linux : std::string();
    if (!mount.empty()) {
        storage.root = checked(mount, "The setting `mount`");
    } else if (!mount_of_site.empty()) {
        storage.root = checked(mount_of_site, "The Linux mount point of ftrack's storage scenario");
    } else {
        throw NoStorage(
            "Where the share is mounted is not known: ftrack has no centralized storage scenario with a Linux "
            "mount point (it has \"" +
            (scenario.scenario.empty() ? "none" : scenario.scenario) +
            "\"). Set it up there, or name the settings `mount` and `location`.");
    }
    if (versions && storage.location.empty()) {
        throw NoStorage(
            "Where versions have their files is not known: ftrack has no centralized storage scenario. Set it "
            "up there, or name the setting `location` (the id of the location), or take `versions` from "
            "`entities`.");
    }
    storage.prefix = mount_of_site.empty() || mount_of_site.front() != '/' ? storage.root : normalised(mount_of_site);
    return storage;
}

}  // namespace hammertrack
