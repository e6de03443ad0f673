#include "core/journal/sqlite/state_file.hpp"

#include "core/journal/journal.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace foley::core {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const char* what) {
    throw JournalError(JournalError::Kind::unavailable,
                       path.string() + " could not be " + what + ": " + std::generic_category().message(errno) +
                           ". Check that the state directory exists and that foleyd's user may write in it.");
}

std::string holder(int fd) {
    std::array<char, 32> text{};
    const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
    std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!pid.empty() && pid.back() == '\n')
        pid.pop_back();
    return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

JournalLock::JournalLock(const std::filesystem::path& journal) {
    const std::string path = journal.string() + ".lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd_ < 0) refuse(path, "opened");
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        const std::string who = holder(fd_);
        ::close(fd_);
        errno = error;
        if (error != EWOULDBLOCK) refuse(path, "locked");
        throw JournalError(JournalError::Kind::locked,
                           "The journal " + journal.string() + " is in use by " + who +
                               ". One daemon runs per state directory: stop that one, or name another directory.");
    }
    // For people only, so a full disk is no reason to refuse.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd_, 0) == 0) {
        [[maybe_unused]] const ssize_t written = ::pwrite(fd_, pid.data(), pid.size(), 0);
    }
}

JournalLock::~JournalLock() {
    ::close(fd_);
}

std::optional<std::string_view> network_file_system(long type) noexcept {
    static constexpr std::array<std::pair<unsigned long, std::string_view>, 10> kNames{{
        {0x6969, "NFS"},
        {0x517b, "SMB"},
        {0xff534d42, "SMB (CIFS)"},
        {0xfe534d42, "SMB2"},
        {0x564c, "NCP"},
        {0x5346414f, "AFS"},
        {0x6b414653, "AFS"},
        {0x00c36400, "Ceph"},
        {0x0bd00bd0, "Lustre"},
        {0x01021997, "9P"},
    }};
    const auto number = static_cast<unsigned long>(type) & 0xffffffffUL;
    for (const auto& [known, name] : kNames) {
        if (known == number) return name;
    }
    return std::nullopt;
}

void refuse_network_file_system(const std::filesystem::path& directory) {
    struct statfs found {};
    if (::statfs(directory.c_str(), &found) != 0) refuse(directory, "examined");
    if (const auto name = network_file_system(found.f_type)) {
        throw JournalError(JournalError::Kind::incompatible,
                           "The state directory " + directory.string() + " is on " + std::string(*name) +
                               ", a network file system, where the journal's file would be damaged. Put the state "
                               "directory on a local disk.");
    }
}

}  // namespace foley::core
