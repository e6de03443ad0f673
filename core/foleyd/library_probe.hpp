// What a plugin library says of itself, asked in a host of its own without a daemon: for `foleyctl check` and
// `foleyctl settings`.
#pragma once

#include "core/hosting/declarations.hpp"
#include "core/hosting/host_process.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct LibraryProbe {
    std::optional<Hello> hello;       // it loaded and registered
    std::string refusal;              // otherwise: why not, a sentence
    std::vector<std::string> output;  // what it logged and printed meanwhile
};

struct LibraryQuestion {
    std::filesystem::path library;
    HostLimits limits = {};
    std::vector<std::string> environment = {};  // "NAME=value"
};

// Blocks until each library has said hello or its host has ended; they are asked side by side. The answers are in the
// order of the questions. Throws std::system_error when no host can be started.
std::vector<LibraryProbe> probe_libraries(const std::filesystem::path& host_program,
                                          const std::vector<LibraryQuestion>& questions);
LibraryProbe probe_library(const std::filesystem::path& host_program, const std::filesystem::path& library);

}  // namespace foley::core
