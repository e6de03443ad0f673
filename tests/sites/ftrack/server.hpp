// The simulated site behind its sockets: what it says to what it is asked over HTTP, and its hub.
#pragma once

#include "tests/sites/ftrack/sim_ftrack.hpp"
#include "tests/sites/http/front.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace foley::sim {

class SimFtrack::Server final : public HttpHandler {
public:
    explicit Server(const SimFtrackOptions& options);
    ~Server() override;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const noexcept { return front_.port(); }
    void run_there(std::function<void(World&)> function);

    // On the simulation's thread.
    void listen() { front_.listen(); }
    void stop_listening() { front_.stop_listening(); }
    void be_away(std::chrono::milliseconds time) { front_.be_away(time, HttpFront::Which::sockets); }
    void close_hub_connections(bool reset) { front_.close_connections(HttpFront::Which::sockets, reset); }
    Control control;

private:
    // HttpHandler
    HttpAnswer answer(const HttpRequest& request) override;
    Upgrade upgrade(const HttpRequest& request) override;
    std::unique_ptr<SocketEnd> open_socket(Send send) override;

    void beat();
    HttpAnswer answer_handshake(const HttpRequest& request);
    HttpAnswer answer_api(const HttpRequest& request);
    std::string operate(const HttpRequest& request, unsigned& status);

    const SimFtrackOptions options_;
    Hub hub_;
    Site site_;
    Faults faults_;
    World world_;
    std::uint64_t next_session_ = 1;
    boost::asio::io_context io_;  // goes before the hub: sessions that did not end go with it, and take leave
    boost::asio::steady_timer beat_;
    HttpFront front_;  // last: its thread works with all of the above
};

}  // namespace foley::sim
