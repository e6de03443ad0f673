#include "core/hosting/host/channel.hpp"

#include <array>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

ino_t inode_of(int fd) noexcept {
    struct stat info {};
    return ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode) ? info.st_ino : 0;
}

Ending ending_of(int error) noexcept {
    return error == EPIPE || error == ECONNRESET ? Ending::daemon_gone : Ending::descriptors_closed;
}

}  // namespace

Channel::Channel(RecordWriter& record) : record_(record), process_(::getpid()), inode_(inode_of(kHostSocket)) {
    // What a plugin starts must not hold our socket open.
    if (inode_ == 0 || ::fcntl(kHostSocket, F_SETFD, FD_CLOEXEC) != 0) {
        throw std::system_error(ENOTSOCK, std::generic_category(), "foley-host has no socket to its daemon");
    }
}

void Channel::check_descriptor() const {
    // send() alone refuses a file under our number, but not another socket.
    if (inode_of(kHostSocket) != inode_) record_.end_host(Ending::descriptors_closed);
}

void Channel::send(std::string_view frames) {
    if (::getpid() != process_) return;  // a child that the plugin forked has nothing to say here
    const std::lock_guard lock(sending_);
    check_descriptor();
    while (!frames.empty()) {
        const ssize_t sent = ::send(kHostSocket, frames.data(), frames.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) record_.end_host(ending_of(errno));
        frames.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Channel::read(bool wait) {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    for (;;) {
        const ssize_t got = ::recv(kHostSocket, buffer.data(), buffer.size(), wait ? 0 : MSG_DONTWAIT);
        if (got > 0) {
            frames_.append({buffer.data(), static_cast<std::size_t>(got)});
            return true;
        }
        if (got == 0) record_.end_host(Ending::daemon_gone);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
        if (errno != EINTR) record_.end_host(ending_of(errno));
    }
}

Frame Channel::receive() {
    for (;;) {
        if (const auto frame = frames_.next()) return *frame;
        read(true);
    }
}

std::optional<Frame> Channel::poll() {
    for (;;) {
        if (const auto frame = frames_.next()) return frame;
        if (!read(false)) return std::nullopt;
    }
}

}  // namespace foley::core
