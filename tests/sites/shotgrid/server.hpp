// The sockets of the simulated site.
#pragma once

// Boost 1.74's awaitable.hpp uses std::exchange without including its header.
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

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
class ClosableSession {
public:
    virtual ~ClosableSession() = default;
    virtual void reset() = 0;
};

class SimShotgrid::Server {
public:
    explicit Server(const SimShotgridOptions& options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    void run_there(std::function<void(World&)> function);

    // On the simulation's thread.
    void listen();
    void stop_listening();
    void be_away(std::chrono::milliseconds time);
    Control control;

    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;
    struct Answer {
        Response response;
        bool reset = false;  // instead of sending it
        bool cut = false;    // after half of it
        bool never = false;
        std::chrono::milliseconds delay{0};
    };
    Answer answer(const Request& request);

    boost::asio::io_context& io() noexcept { return io_; }
    std::uint64_t add_session(std::weak_ptr<ClosableSession> session);
    void remove_session(std::uint64_t id) { sessions_.erase(id); }

private:
    boost::asio::awaitable<void> accept();
    Answer answer_api(const Request& request);
    void reset_sessions();

    const SimShotgridOptions options_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer away_;
    std::uint16_t port_ = 0;
    shotgrid::Site site_;
    shotgrid::Faults faults_;
    World world_;
    std::map<std::uint64_t, std::weak_ptr<ClosableSession>> sessions_;
    std::uint64_t next_session_ = 1;
    std::thread thread_;
};

// Serves one connection until it ends.
void start_shotgrid_session(SimShotgrid::Server& server, boost::asio::ip::tcp::socket socket,
                            boost::asio::ssl::context* tls);

}  // namespace foley::sim
