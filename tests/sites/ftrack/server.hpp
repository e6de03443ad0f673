// The sockets of the simulated site.
#pragma once

// Boost 1.74's awaitable.hpp uses std::exchange without including its header.
#include "tests/sites/ftrack/sim_ftrack.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>

#include <map>
#include <optional>
#include <thread>
#include <utility>

namespace foley::sim {

// A connection, as the server sees it when it wants to end it.
class Closable {
public:
    virtual ~Closable() = default;
    virtual void close(bool reset) = 0;
};

class SimFtrack::Server {
public:
    explicit Server(const SimFtrackOptions& options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    void run_there(std::function<void(World&)> function);

    // On the simulation's thread.
    void listen();
    void stop_listening();
    void be_away(std::chrono::milliseconds time);
    void close_connections(bool hub_only, bool reset);
    Control control;

    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;
    struct Answer {
        Response response;
        bool reset = false;  // instead of sending it
        std::chrono::milliseconds delay{0};
        bool never = false;
    };
    Answer answer(const Request& request);
    bool greets() const { return world_.faults.handshake != HandshakeFault::no_greeting; }

    boost::asio::io_context& io() noexcept { return io_; }
    Hub& hub() noexcept { return hub_; }
    std::uint64_t add_connection(std::weak_ptr<Closable> connection);
    void is_hub_connection(std::uint64_t id) { connections_[id].hub = true; }
    void remove_connection(std::uint64_t id) { connections_.erase(id); }

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> beat();
    Answer answer_handshake(const Request& request);
    Answer answer_api(const Request& request);
    std::string operate(const Request& request, unsigned& status);

    struct Connection {
        std::weak_ptr<Closable> closable;
        bool hub = false;
    };

    const SimFtrackOptions options_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer beat_;
    boost::asio::steady_timer away_;
    std::uint16_t port_ = 0;
    Hub hub_;
    Site site_;
    Faults faults_;
    World world_;
    std::map<std::uint64_t, Connection> connections_;
    std::uint64_t next_connection_ = 1;
    std::uint64_t next_session_ = 1;
    std::thread thread_;
};

}  // namespace foley::sim
