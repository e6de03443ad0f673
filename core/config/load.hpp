// Reads foley.yaml and the files that it includes.
#pragma once

#include "core/config/configuration.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

// The environment of this process.
EnvironmentLookup process_environment();

// What could be read, with defaults where it could not, and everything that is wrong. For --check, which goes on as far
// as it can; nothing may be run with it while there are errors.
struct ReadConfiguration {
    Configuration configuration;
    std::vector<Problem> errors;
};
ReadConfiguration read_configuration(const std::filesystem::path& file,
                                     const EnvironmentLookup& environment = process_environment());

// Throws ConfigError with everything that is wrong: syntax, unknown keys, types, ranges, secrets that cannot be had,
// names that nothing bears, plugins that wait for each other.
Configuration load_configuration(const std::filesystem::path& file,
                                 const EnvironmentLookup& environment = process_environment());

}  // namespace foley::core
