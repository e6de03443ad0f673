// UniqueFd: owns one file descriptor and closes it. Pairs and anonymous files are close-on-exec from birth.
//
// Thread: distinct objects are independent. Throws: the functions that make descriptors throw std::system_error.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace foley::core {

class UniqueFd {
public:
    UniqueFd() noexcept = default;
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.fd_, -1));
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    // The caller owns it from here on.
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    void reset(int fd = -1) noexcept;

private:
    int fd_ = -1;
};

struct SocketPair {
    UniqueFd first, second;
};
// Connected stream sockets of this machine.
SocketPair make_socket_pair();

struct Pipe {
    UniqueFd read, write;
};
Pipe make_pipe();

// An anonymous file in memory of `size` bytes, zero. `name` shows in /proc only.
UniqueFd make_memory_file(const std::string& name, std::size_t size);

// Throws when the file cannot be opened; `flags` as for open(2), O_CLOEXEC is added.
UniqueFd open_file(const std::string& path, int flags, unsigned mode = 0600);

void set_nonblocking(int fd);

}  // namespace foley::core
