#include "hammertrack/run_program.hpp"

#include "hammertrack/errors.hpp"
#include "hammertrack/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace hammertrack {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kLargestOutput = std::size_t{1} << 20U;
constexpr std::chrono::milliseconds kTimeToDie{2000};

[[noreturn]] void cannot_start(const std::string& program, int error) {
    throw ShareAway("The program " + program + " cannot be run: " + std::generic_category().message(error) + ".");
}

struct Pipe {
    UniqueFd read, write;

    static Pipe make(const std::string& program) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) cannot_start(program, errno);
        return {UniqueFd(ends[0]), UniqueFd(ends[1])};
    }
};

class SpawnSettings {
public:
    SpawnSettings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (const std::string& text : texts)
        result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

// A child that is killed with its group, and reaped, when its owner goes.
class Child {
public:
    Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, int folder,
          const Pipe& out, const Pipe& err) {
        SpawnSettings settings;
        ::posix_spawn_file_actions_addopen(&settings.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&settings.actions, out.write.get(), STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&settings.actions, err.write.get(), STDERR_FILENO);
        ::posix_spawn_file_actions_addfchdir_np(&settings.actions, folder);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&settings.attributes, &signals);
        ::sigaddset(&signals, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&settings.attributes, &signals);
        ::posix_spawnattr_setpgroup(&settings.attributes, 0);
        ::posix_spawnattr_setflags(&settings.attributes,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        const int error = ::posix_spawn(&pid_, arguments.front().c_str(), &settings.actions, &settings.attributes,
                                        pointers(arguments).data(), pointers(environment).data());
        if (error != 0) cannot_start(arguments.front(), error);
        pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    }
    ~Child() {
        kill();
        siginfo_t ended{};
        if (!reaped_) ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    int descriptor() const noexcept { return pidfd_.get(); }
    // The group's number cannot be taken by another while its leader is not reaped.
    void kill() const noexcept {
        if (!reaped_) ::kill(-pid_, SIGKILL);
    }
    // Nothing: it has not ended by then.
    std::optional<siginfo_t> wait(Clock::time_point until) {
        while (true) {
            siginfo_t ended{};
            const int result = ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG);
            if (result == 0 && ended.si_pid == pid_) {
                reaped_ = true;
                return ended;
            }
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
            if (left <= 0) return std::nullopt;
            pollfd poll{pidfd_.get(), POLLIN, 0};
            ::poll(&poll, 1, static_cast<int>(left));
        }
    }

private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
    bool reaped_ = false;
};

void drain(UniqueFd& from, std::string& into) {
    std::array<char, 8192> block{};
    const ssize_t size = ::read(from.get(), block.data(), block.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (size <= 0) {
        from.reset();
        return;
    }
    const auto room = kLargestOutput - std::min(kLargestOutput, into.size());
    into.append(block.data(), std::min(static_cast<std::size_t>(size), room));
}

// Reads both pipes to their ends. false: not by then.
bool read_all(Pipe& out, Pipe& err, ProgramResult& result, Clock::time_point until) {
    while (out.read || err.read) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        std::array<pollfd, 2> polls{{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}}};
        if (::poll(polls.data(), polls.size(), static_cast<int>(left)) < 0) continue;
        if (polls[0].revents != 0) drain(out.read, result.out);
        if (polls[1].revents != 0) drain(err.read, result.err);
    }
    return true;
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                          int folder, std::chrono::milliseconds deadline) {
    Pipe out = Pipe::make(arguments.front());
    Pipe err = Pipe::make(arguments.front());
    const auto until = Clock::now() + deadline;
    Child child(arguments, environment, folder, out, err);
    out.write.reset();
    err.write.reset();
    ProgramResult result;
    std::optional<siginfo_t> ended;
    if (read_all(out, err, result, until)) ended = child.wait(until);
    if (!ended) {
        result.timed_out = true;
        child.kill();
        ended = child.wait(Clock::now() + kTimeToDie);
        if (!ended) throw ShareAway("The program " + arguments.front() + " hangs and cannot be killed.");
    }
    if (ended->si_code == CLD_EXITED) {
        result.exit_code = ended->si_status;
    } else {
        result.signal = ended->si_status;
    }
    return result;
}

}  // namespace hammertrack
