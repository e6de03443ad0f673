#include "core/os/file_identity.hpp"

#include "core/os/system_error.hpp"

#include <sys/stat.h>

namespace foley::core {
namespace {

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileIdentity identity_of(const struct stat& info) {
    return {.device = info.st_dev,
            .inode = info.st_ino,
            .size = static_cast<std::uint64_t>(info.st_size),
            .modified_ns = nanoseconds(info.st_mtim),
            .changed_ns = nanoseconds(info.st_ctim)};
}

}  // namespace

std::optional<FileIdentity> file_identity(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0) return identity_of(info);
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("cannot look at " + path.string());
}

FileIdentity file_identity(int fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) throw_errno("cannot look at descriptor " + std::to_string(fd));
    return identity_of(info);
}

}  // namespace foley::core
