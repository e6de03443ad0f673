// ProcessHandle: another process, held by a pidfd so that a number that was given out again is never signalled.
//
// Throws std::system_error.
#pragma once

#include "core/os/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace foley::core {

// When the process with this number started, in clock ticks since boot: with the boot id it names one process for
// ever. Nothing when there is no such process.
std::optional<std::uint64_t> process_start_time(int pid);

// Somebody debugs it (TracerPid in /proc).
bool is_traced(int pid);

class ProcessHandle {
public:
    // Nothing when no process has this number.
    static std::optional<ProcessHandle> open(int pid);
    // Nothing also when the process with this number is not the one that started then.
    static std::optional<ProcessHandle> open(int pid, std::uint64_t start_time);

    int pid() const noexcept { return pid_; }
    int fd() const noexcept { return fd_.get(); }  // readable when the process has ended
    // False when it has ended already.
    bool send_signal(int signal) const;
    // Whether it ended within the limit. Blocking.
    bool wait(std::chrono::milliseconds limit) const;

private:
    ProcessHandle(UniqueFd fd, int pid) : fd_(std::move(fd)), pid_(pid) {}
    UniqueFd fd_;
    int pid_ = 0;
};

}  // namespace foley::core
