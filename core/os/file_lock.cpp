#include "core/os/file_lock.hpp"

#include "core/os/system_error.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace foley::core {
namespace {

struct flock whole_file(int type) {
    struct flock lock {};
    lock.l_type = static_cast<short>(type);
    lock.l_whence = SEEK_SET;
    return lock;
}

}  // namespace

bool FileLock::try_take(int fd) {
    struct flock lock = whole_file(F_WRLCK);
    for (;;) {
        if (::fcntl(fd, F_SETLK, &lock) == 0) return true;
        if (errno == EACCES || errno == EAGAIN) return false;
        if (errno != EINTR) throw_errno("cannot lock descriptor " + std::to_string(fd));
    }
}

std::optional<FileLock> FileLock::try_take(const std::filesystem::path& file) {
    UniqueFd fd = open_file(file.string(), O_RDWR | O_CREAT);
    if (!try_take(fd.get())) return std::nullopt;
    return FileLock(std::move(fd));
}

void FileLock::release(int fd) {
    struct flock lock = whole_file(F_UNLCK);
    if (::fcntl(fd, F_SETLK, &lock) != 0) throw_errno("cannot unlock descriptor " + std::to_string(fd));
}

std::optional<int> FileLock::holder(int fd) {
    struct flock lock = whole_file(F_WRLCK);
    if (::fcntl(fd, F_GETLK, &lock) != 0) {
        throw_errno("cannot ask who holds the lock of descriptor " + std::to_string(fd));
    }
    if (lock.l_type == F_UNLCK) return std::nullopt;
    return lock.l_pid > 0 ? lock.l_pid : 0;
}

}  // namespace foley::core
