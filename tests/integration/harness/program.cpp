#include "integration/harness/program.hpp"

#include "integration/harness/scale.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace foley::testing {
namespace {

// Reads what is there; false at the end.
bool read_some(const core::UniqueFd& from, std::string& into) {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return true;
    if (count < 0) throw std::system_error(errno, std::system_category(), "read the output of a program");
    into.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

// Until both are at their end; false when that takes too long.
bool read_both(core::UniqueFd output, core::UniqueFd errors, Run& run, std::chrono::steady_clock::time_point until) {
    bool more_output = true, more_errors = true;
    while (more_output || more_errors) {
        std::array<pollfd, 2> wanted{
            {{more_output ? output.get() : -1, POLLIN, 0}, {more_errors ? errors.get() : -1, POLLIN, 0}}};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        if (::poll(wanted.data(), wanted.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) {
            throw std::system_error(errno, std::system_category(), "poll");
        }
        if (wanted[0].revents != 0) more_output = read_some(output, run.output);
        if (wanted[1].revents != 0) more_errors = read_some(errors, run.errors);
    }
    return true;
}

}  // namespace

std::filesystem::path program(const std::string& name) {
    // Another build's, when two are compared.
    if (const char* others = std::getenv("FOLEY_TEST_PROGRAMS")) return std::filesystem::path(others) / name;
    return build_directory() / "bin" / name;
}

std::filesystem::path test_plugin(const std::string& name) {
    return build_directory() / "tests" / "plugins" / (name + ".so");
}

std::filesystem::path shipped_plugin(const std::string& name) {
    return build_directory() / "plugins" / (name + ".so");
}

std::filesystem::path source_directory() {
    return FOLEY_SOURCE_DIRECTORY;
}

std::filesystem::path build_directory() {
    return FOLEY_BUILD_DIRECTORY;
}

std::vector<std::string> basic_environment() {
    std::vector<std::string> environment;
    for (const char* name : {"PATH", "HOME", "TMPDIR", "CCACHE_DIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                             "LSAN_OPTIONS", "FOLEY_TEST_FTRACK_KEY", "FOLEY_TEST_SHOTGRID_KEY"}) {
        if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
    }
    return environment;
}

std::string Run::told() const {
    return status.to_string() + "\n--- stdout\n" + output + "\n--- stderr\n" + errors;
}

Run run(const std::filesystem::path& program, const std::vector<std::string>& arguments,
        std::chrono::milliseconds limit, const std::filesystem::path& directory, std::vector<std::string> environment) {
    core::ChildSpec spec;
    spec.program = program;
    spec.arguments = arguments;
    spec.environment = std::move(environment);
    spec.working_directory = directory;
    spec.capture_output = true;
    const auto until = std::chrono::steady_clock::now() + patience(limit);
    core::ChildProcess child = core::ChildProcess::spawn(spec);
    Run run;
    const bool in_time = read_both(child.take_output(), child.take_errors(), run, until);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const auto status =
        in_time ? child.wait(std::max(left, std::chrono::milliseconds(1000))) : std::optional<core::ExitStatus>();
    if (!status) {
        child.kill_group();
        throw std::runtime_error(program.string() + " did not end within " + std::to_string(limit.count()) +
                                 " ms; it said: " + run.output + run.errors);
    }
    run.status = *status;
    return run;
}

}  // namespace foley::testing
