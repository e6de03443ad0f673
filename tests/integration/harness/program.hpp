// Programs as a test runs them: where they are, and one run of one with all that it said.
//
// Thread: any. Throws std::system_error; std::runtime_error when a program does not end in time (it is killed).
#pragma once

#include "core/os/child_process.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace foley::testing {

// The programs of this build: program("foleyd").
std::filesystem::path program(const std::string& name);
// A plugin of this build: tests/plugins and tests/integration/plugins.
std::filesystem::path test_plugin(const std::string& name);
// The plugins that ship.
std::filesystem::path shipped_plugin(const std::string& name);
std::filesystem::path source_directory();
std::filesystem::path build_directory();
// What sanitizers need to be told, PATH and HOME; as "NAME=value".
std::vector<std::string> basic_environment();

struct Run {
    core::ExitStatus status = core::ExitStatus::exited(0);
    std::string output;
    std::string errors;

    int exit_code() const { return status.exit_code().value_or(-1); }
    // For a failed check: everything at once.
    std::string told() const;
};

Run run(const std::filesystem::path& program, const std::vector<std::string>& arguments,
        std::chrono::milliseconds limit = std::chrono::seconds(60), const std::filesystem::path& directory = "/",
        std::vector<std::string> environment = basic_environment());

}  // namespace foley::testing
