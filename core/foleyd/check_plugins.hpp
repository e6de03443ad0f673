// For `foleyd --check`: asks every library that the daemon would load what it declares, and compares that with the
// configuration. The libraries are loaded in hosts of their own, all side by side, and are not started.
#pragma once

#include "core/config/configuration.hpp"
#include "core/foleyd/assembly.hpp"
#include "core/hosting/declarations.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace foley::core {

struct PluginCheck {
    std::vector<std::filesystem::path> asked;
    std::map<std::string, Hello> declared;  // by the plugin's name: those that answered
    // Wrong settings, with their places in the configuration; libraries that would not be loaded, in the library's
    // place.
    std::vector<Problem> problems;
    std::vector<std::string> warnings;  // directories that would not be used, shadowed libraries
};

// A library whose owner or mode the daemon would refuse is a problem and is not loaded here either.
// Throws std::system_error when no host can be started.
PluginCheck check_plugins(const std::shared_ptr<const Configuration>& configuration, const Programs& programs);

}  // namespace foley::core
