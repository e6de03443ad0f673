// HttpServer: HTTP/1.1 on Unix sockets and TCP, with keep-alive, limits and timeouts.
//
// Owner: main. Thread: the one that runs `io`; handlers are called on it, responders may be used from any thread.
// Throws: listening throws std::runtime_error with a sentence; a connection's failure ends that connection only.
#pragma once

#include "core/http/router.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace foley::core {

struct HttpLimits {
    std::size_t body = std::size_t{64} << 20;
    std::size_t header = std::size_t{32} << 10;
    std::size_t connections = 128;
    std::chrono::milliseconds request_timeout{30000};   // from a request's first byte to its last, and for the answer
    std::chrono::milliseconds idle_timeout{120000};     // between requests
    std::chrono::milliseconds handler_timeout{120000};  // until the handler answers; then 504
};

struct UnixListener {
    std::filesystem::path path;
    std::uint32_t mode = 0600;
    std::string group;  // empty: left as it is
};

class HttpServer {
public:
    // `io` outlives the server.
    HttpServer(boost::asio::io_context& io, Router router, HttpLimits limits = {});
    ~HttpServer();  // stops
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // A socket file that nobody answers on is replaced; one that somebody answers on, or that is something else, is an
    // error. The file has its mode and group before anybody can connect, and goes away with the server.
    void listen(const UnixListener& listener);
    // Returns the port, which was chosen by the system when `port` is 0.
    std::uint16_t listen_tcp(const std::string& address, std::uint16_t port);

    // Accepts nothing more and closes every connection.
    void stop();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace foley::core
