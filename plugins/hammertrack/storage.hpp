// Where the central storage location is on this machine, from ftrack's storage scenario and the plugin's settings.
// Pure.
#pragma once

#include <foley/site/ftrack.hpp>

#include <stdexcept>
#include <string>

namespace hammertrack {

struct Storage {
    std::string location;  // id; empty when only tasks are followed and the site names none
    std::string root;      // the folder that the share is mounted at here
    std::string prefix;    // of absolute resource identifiers
};

// The site and the settings do not say where the files are. A person has to.
class NoStorage : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// `mount` and `location` are the settings, or empty. Throws NoStorage.
Storage storage_of(const foley::site::FtrackStorage& scenario, const std::string& mount, const std::string& location,
                   bool versions);

}  // namespace hammertrack
