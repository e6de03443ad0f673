#include "core/os/unique_fd.hpp"

#include "core/os/system_error.hpp"

#include <array>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace foley::core {

void UniqueFd::reset(int fd) noexcept {
    // close() is not repeated on EINTR: on Linux the descriptor is gone either way.
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

SocketPair make_socket_pair() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) throw_errno("cannot make a socket pair");
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Pipe make_pipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

UniqueFd make_memory_file(const std::string& name, std::size_t size) {
    UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC));
    if (!fd) throw_errno("cannot make the memory file " + name);
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0) throw_errno("cannot size the memory file " + name);
    return fd;
}

UniqueFd open_file(const std::string& path, int flags, unsigned mode) {
    int fd = -1;
    do {
        fd = ::open(path.c_str(), flags | O_CLOEXEC, static_cast<mode_t>(mode));
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) throw_errno("cannot open " + path);
    return UniqueFd(fd);
}

void set_nonblocking(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
        throw_errno("cannot make descriptor " + std::to_string(fd) + " non-blocking");
    }
}

}  // namespace foley::core
