#include "core/os/process_handle.hpp"

#include "core/os/files.hpp"
#include "core/os/system_error.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include <poll.h>

extern "C" {  // glibc 2.36 forgets to say so
#include <sys/pidfd.h>
}

namespace foley::core {

std::optional<std::uint64_t> process_start_time(int pid) {
    std::string stat;
    try {
        stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    } catch (const std::system_error& error) {
        if (error.code().value() == ENOENT || error.code().value() == ESRCH) return std::nullopt;
        throw;
    }
    // The second field is the name in parentheses and may hold anything; the start time is the 22nd.
    std::size_t at = stat.rfind(')');
    if (at == std::string::npos) return std::nullopt;
    for (int field = 2; field < 22; ++field) {
        at = stat.find(' ', at + 1);
        if (at == std::string::npos) return std::nullopt;
    }
    std::uint64_t ticks = 0;
    const auto parsed = std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), ticks);
    if (parsed.ec != std::errc{}) return std::nullopt;
    return ticks;
}

bool is_traced(int pid) {
    try {
        const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
        const std::string_view key = "\nTracerPid:\t";
        const std::size_t at = status.find(key);
        return at != std::string::npos && at + key.size() < status.size() && status[at + key.size()] != '0';
    } catch (const std::system_error&) {
        return false;  // it ended
    }
}

std::optional<ProcessHandle> ProcessHandle::open(int pid) {
    UniqueFd fd(::pidfd_open(pid, 0));
    if (fd) return ProcessHandle(std::move(fd), pid);
    if (errno == ESRCH || errno == EINVAL) return std::nullopt;
    throw_errno("cannot open process " + std::to_string(pid));
}

std::optional<ProcessHandle> ProcessHandle::open(int pid, std::uint64_t start_time) {
    // First the handle, then the question: what the handle holds cannot be replaced between the two.
    std::optional<ProcessHandle> handle = open(pid);
    if (handle && process_start_time(pid) != start_time) handle.reset();
    return handle;
}

bool ProcessHandle::send_signal(int signal) const {
    if (::pidfd_send_signal(fd_.get(), signal, nullptr, 0) == 0) return true;
    if (errno == ESRCH) return false;
    throw_errno("cannot signal process " + std::to_string(pid_));
}

bool ProcessHandle::wait(std::chrono::milliseconds limit) const {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        pollfd poll_fd{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&poll_fd, 1, left > 0 ? static_cast<int>(left) : 0);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) throw_errno("cannot wait for process " + std::to_string(pid_));
        if (ready == 0 && left <= 0) return false;
    }
}

}  // namespace foley::core
