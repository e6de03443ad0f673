// HttpFront: where a simulated site meets its clients: it listens, plain or with TLS, goes away and comes back, and
// knows the connections that are open. What is said on them is the handler's affair.
//
// Owner: the site's server, as its last member. Thread: one of its own runs `io`; all but the constructor, the
// destructor and port() are called there. Throws: boost::system::system_error.
#pragma once

// clang-format off: Boost 1.74's awaitable.hpp uses std::exchange without including its header.
#include <utility>
// clang-format on

#include "tests/sites/http/handler.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace foley::sim {

// A connection, as the front sees it when it wants to end it.
class HttpConnection {
public:
    virtual ~HttpConnection() = default;
    virtual void close(bool reset) = 0;
};

class HttpFront {
public:
    struct Options {
        std::string address = "127.0.0.1";
        std::uint16_t port = 0;                    // 0: any that is free
        std::string certificate{}, private_key{};  // PEM files: with them it speaks TLS
    };
    enum class Which { all, sockets };  // sockets: only the WebSockets

    // Listens when it returns. Both outlive it, and what the handler's SocketEnds know outlives `io`: the sessions that
    // have not ended go with it.
    HttpFront(boost::asio::io_context& io, const Options& options, HttpHandler& handler);
    ~HttpFront();
    HttpFront(const HttpFront&) = delete;
    HttpFront& operator=(const HttpFront&) = delete;

    std::uint16_t port() const noexcept { return port_; }

    void listen();
    // All connections are reset.
    void stop_listening();
    // Nobody can connect for so long, and these connections are reset once what asked for it is answered.
    void be_away(std::chrono::milliseconds time, Which which = Which::all);
    void close_connections(Which which, bool reset);

    // ── for the sessions ─────────────────────────────────────────────────────────────────────────────────────────
    boost::asio::io_context& io() noexcept { return io_; }
    HttpHandler& handler() noexcept { return handler_; }
    std::uint64_t add_connection(std::weak_ptr<HttpConnection> connection);
    void is_socket(std::uint64_t id) { connections_[id].is_socket = true; }
    void remove_connection(std::uint64_t id) { connections_.erase(id); }

private:
    boost::asio::awaitable<void> accept();

    struct Connection {
        std::weak_ptr<HttpConnection> connection;
        bool is_socket = false;
    };

    boost::asio::io_context& io_;
    HttpHandler& handler_;
    const std::string address_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer away_;
    std::uint16_t port_ = 0;
    std::map<std::uint64_t, Connection> connections_;
    std::uint64_t next_connection_ = 1;
    std::thread thread_;
};

}  // namespace foley::sim
