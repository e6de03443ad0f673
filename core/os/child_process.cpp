#include "core/os/child_process.hpp"

#include "core/os/signals.hpp"
#include "core/os/system_error.hpp"

#include <algorithm>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foley::core {
namespace {

void check(int error, const char* what) {
    if (error != 0) throw_errno(std::string("cannot describe a child process: ") + what, error);
}

class FileActions {
public:
    FileActions() { check(::posix_spawn_file_actions_init(&actions_), "file actions"); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;

    void dup(int from, int to) { check(::posix_spawn_file_actions_adddup2(&actions_, from, to), "descriptor"); }
    void close(int fd) { check(::posix_spawn_file_actions_addclose(&actions_, fd), "closing"); }
    void open(int fd, const char* path, int flags) {
        check(::posix_spawn_file_actions_addopen(&actions_, fd, path, flags, 0), path);
    }
    void close_from(int fd) { check(::posix_spawn_file_actions_addclosefrom_np(&actions_, fd), "closing"); }
    void change_directory(const char* path) {
        check(::posix_spawn_file_actions_addchdir_np(&actions_, path), "working directory");
    }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
public:
    Attributes() {
        check(::posix_spawnattr_init(&attributes_), "attributes");
        sigset_t set;
        ::sigemptyset(&set);
        check(::posix_spawnattr_setsigmask(&attributes_, &set), "signal mask");
        ::sigfillset(&set);
        check(::posix_spawnattr_setsigdefault(&attributes_, &set), "signal defaults");
        check(::posix_spawnattr_setpgroup(&attributes_, 0), "process group");
        check(::posix_spawnattr_setflags(&attributes_,
                                         POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP),
              "flags");
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

std::vector<char*> c_strings(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// Copies of the descriptors out of the way of the numbers they will get, so no dup2 overwrites the source of another.
std::vector<std::pair<UniqueFd, int>> lift(const ChildSpec& spec, int above) {
    std::vector<std::pair<UniqueFd, int>> lifted;
    for (const auto& [here, there] : spec.inherit) {
        UniqueFd copy(::fcntl(here, F_DUPFD_CLOEXEC, above));
        if (!copy) throw_errno("cannot hand descriptor " + std::to_string(here) + " to " + spec.program.string());
        lifted.emplace_back(std::move(copy), there);
    }
    return lifted;
}

ExitStatus status_of(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED) return ExitStatus::exited(info.si_status);
    return ExitStatus::killed(info.si_status, info.si_code == CLD_DUMPED);
}

}  // namespace

std::string ExitStatus::to_string() const {
    if (!killed_) return "exited with code " + std::to_string(value_);
    return "killed by " + signal_name(value_) + (core_dumped_ ? ", core dumped" : "");
}

ChildProcess ChildProcess::spawn(const ChildSpec& spec) {
    int highest = STDERR_FILENO;
    for (const auto& [here, there] : spec.inherit)
        highest = std::max(highest, there);
    const auto lifted = lift(spec, highest + 1);

    FileActions actions;
    Pipe output, errors;
    if (spec.standard_input >= 0) {
        actions.dup(spec.standard_input, STDIN_FILENO);
    } else {
        actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
    }
    if (spec.capture_output) {
        output = make_pipe();
        errors = make_pipe();
        actions.dup(output.write.get(), STDOUT_FILENO);
        actions.dup(errors.write.get(), STDERR_FILENO);
    }
    // What this process was started with and never closed lies between the numbers that are handed on, and above.
    for (int number = STDERR_FILENO + 1; number <= highest; ++number)
        actions.close(number);
    for (const auto& [copy, there] : lifted)
        actions.dup(copy.get(), there);
    actions.close_from(highest + 1);
    actions.change_directory(spec.working_directory.c_str());

    std::vector<std::string> arguments{spec.program.filename().string()};
    arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
    std::vector<std::string> environment = spec.environment;
    const Attributes attributes;
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, spec.program.c_str(), actions.get(), attributes.get(),
                                    c_strings(arguments).data(), c_strings(environment).data());
    if (error != 0) throw_errno("cannot start " + spec.program.string(), error);
    // Not reaped yet, so the number is still this child's, even if it has ended.
    std::optional<ProcessHandle> handle = ProcessHandle::open(pid);
    if (!handle) throw_errno("cannot watch " + spec.program.string(), ESRCH);
    ChildProcess child(std::move(*handle));
    child.output_ = std::move(output.read);
    child.errors_ = std::move(errors.read);
    return child;
}

ChildProcess::~ChildProcess() {
    if (handle_.fd() < 0 || status_) return;
    try {
        send_signal(SIGKILL);
        kill_group();
        // A child in an uninterruptible wait (dead network file system) is left to init.
        wait(std::chrono::seconds(5));
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): nothing more can be done for a child here
    }
}

void ChildProcess::kill_group() const noexcept {
    if (!status_) ::kill(-handle_.pid(), SIGKILL);
}

std::optional<ExitStatus> ChildProcess::try_wait() {
    if (status_) return status_;
    siginfo_t info{};
    for (;;) {
        if (::waitid(P_PIDFD, static_cast<id_t>(handle_.fd()), &info, WEXITED | WNOHANG) == 0) break;
        if (errno != EINTR) throw_errno("cannot wait for process " + std::to_string(pid()));
    }
    if (info.si_pid == 0) return std::nullopt;
    status_ = status_of(info);
    return status_;
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds limit) {
    if (!status_ && !handle_.wait(limit)) return std::nullopt;
    return try_wait();
}

}  // namespace foley::core
