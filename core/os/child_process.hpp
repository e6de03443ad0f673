// ChildProcess: a program that this process started. Described first, then started with posix_spawn, so nothing
// runs between fork and exec; watched by pidfd, never by number.
//
// The child gets the listed descriptors and no others, the listed environment and nothing else, all signals at their
// defaults, and a process group of its own: a Ctrl-C on the terminal does not reach it, and what it started can be
// ended with it.
//
// Owner: one. Thread: spawn from the main thread when the child asks for a parent-death signal, which follows the
// thread; otherwise any. Throws: spawn throws std::system_error, also when the program cannot be executed.
#pragma once

#include "core/os/process_handle.hpp"
#include "core/os/unique_fd.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <signal.h>

namespace foley::core {

class ExitStatus {
public:
    static ExitStatus exited(int code) noexcept { return {false, code, false}; }
    static ExitStatus killed(int signal, bool core_dumped) noexcept { return {true, signal, core_dumped}; }

    std::optional<int> exit_code() const noexcept { return killed_ ? std::nullopt : std::optional<int>(value_); }
    std::optional<int> signal() const noexcept { return killed_ ? std::optional<int>(value_) : std::nullopt; }
    bool core_dumped() const noexcept { return core_dumped_; }
    // "exited with code 3", "killed by SIGSEGV, core dumped"
    std::string to_string() const;

private:
    ExitStatus(bool killed, int value, bool core_dumped) noexcept
        : killed_(killed), value_(value), core_dumped_(core_dumped) {}
    bool killed_;
    int value_;
    bool core_dumped_;
};

struct ChildSpec {
    std::filesystem::path program;
    std::vector<std::string> arguments;    // after the program's own name
    std::vector<std::string> environment;  // "NAME=value"
    std::filesystem::path working_directory = "/";
    std::vector<std::pair<int, int>> inherit;  // {descriptor here, number there}; numbers from 3 up
    int standard_input = -1;                   // a descriptor here; -1: /dev/null
    bool capture_output = false;               // two pipes; otherwise stdout and stderr are those of this process
};

class ChildProcess {
public:
    static ChildProcess spawn(const ChildSpec& spec);
    ChildProcess(ChildProcess&&) noexcept = default;
    ChildProcess& operator=(ChildProcess&&) = delete;
    // Kills and reaps a child that was not waited for.
    ~ChildProcess();

    int pid() const noexcept { return handle_.pid(); }
    // Readable when the child has ended. Stays owned by this object.
    int pidfd() const noexcept { return handle_.fd(); }
    // Read ends of the captured output; the caller owns them.
    UniqueFd take_output() noexcept { return std::move(output_); }
    UniqueFd take_errors() noexcept { return std::move(errors_); }

    // False when it has ended already.
    bool send_signal(int signal) const { return handle_.send_signal(signal); }
    // Kills what the child started and left in its process group. Only before the child was reaped.
    void kill_group() const noexcept;

    // Its end, once; nothing while it runs.
    std::optional<ExitStatus> try_wait();
    // Blocking; nothing when it still runs after the limit.
    std::optional<ExitStatus> wait(std::chrono::milliseconds limit);

private:
    explicit ChildProcess(ProcessHandle handle) : handle_(std::move(handle)) {}
    ProcessHandle handle_;
    UniqueFd output_, errors_;
    std::optional<ExitStatus> status_;
};

}  // namespace foley::core
