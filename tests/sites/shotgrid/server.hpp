// The simulated site behind its sockets: what it says to what it is asked over HTTP.
#pragma once

#include "tests/sites/http/front.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <boost/asio/io_context.hpp>

namespace foley::sim {

class SimShotgrid::Server final : public HttpHandler {
public:
    explicit Server(const SimShotgridOptions& options);
    ~Server() override;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const noexcept { return front_.port(); }
    void run_there(std::function<void(World&)> function);

    // On the simulation's thread.
    void listen() { front_.listen(); }
    void stop_listening() { front_.stop_listening(); }
    void be_away(std::chrono::milliseconds time) { front_.be_away(time); }
    Control control;

private:
    // HttpHandler
    void connected() override { ++world_.connections; }
    HttpAnswer answer(const HttpRequest& request) override;

    HttpAnswer answer_api(const HttpRequest& request);

    shotgrid::Site site_;
    shotgrid::Faults faults_;
    World world_;
    boost::asio::io_context io_;
    HttpFront front_;  // last: its thread works with all of the above
};

}  // namespace foley::sim
