// DroppingPort: a port of this machine whose packets are dropped, as a firewall or a host that is off would.
#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace foley::core {

// Its queue of connections is full.
class DroppingPort {
public:
    explicit DroppingPort(std::uint16_t port = 0) {  // 0: any that is free
        address_.sin_family = AF_INET;
        address_.sin_port = htons(port);
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        const int listener = socket();
        ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        REQUIRE(::bind(listener, address(), sizeof address_) == 0);
        REQUIRE(::listen(listener, 0) == 0);
        socklen_t size = sizeof address_;
        REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address_), &size) == 0);
        for (int i = 0; i < 3; ++i)
            ::connect(socket(), address(), sizeof address_);  // the first one is taken, the others keep asking
    }
    ~DroppingPort() {
        for (const int fd : sockets_)
            ::close(fd);
    }
    DroppingPort(const DroppingPort&) = delete;
    DroppingPort& operator=(const DroppingPort&) = delete;
    std::uint16_t port() const { return ntohs(address_.sin_port); }

private:
    int socket() {
        sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        REQUIRE(sockets_.back() >= 0);
        return sockets_.back();
    }
    const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }

    sockaddr_in address_{};
    std::vector<int> sockets_;
};

}  // namespace foley::core
