// Reads foley.yaml and the files that it includes.
#pragma once

#include "core/config/configuration.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace foley::core {

using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

// The environment of this process.
EnvironmentLookup process_environment();

// Throws ConfigError with everything that is wrong: syntax, unknown keys, types, ranges, secrets that cannot be had,
// names that nothing bears, plugins that wait for each other.
Configuration load_configuration(const std::filesystem::path& file,
                                 const EnvironmentLookup& environment = process_environment());

}  // namespace foley::core
