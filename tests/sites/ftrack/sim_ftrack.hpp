// SimFtrack: a simulated ftrack site on a port of this machine: event hub (Socket.IO 0.9 over WebSocket) and API, with
// faults on demand. A real ftrack client could connect to it.
//
// It has a thread of its own, on which everything happens; `with` runs a function there and returns its result. The
// other functions may be called from any thread.
#pragma once

#include "tests/sites/ftrack/faults.hpp"
#include "tests/sites/ftrack/hub.hpp"
#include "tests/sites/ftrack/site.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace foley::sim {

struct SimFtrackOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
    std::string user = "robot@example.com";
    std::string key = "11111111-2222-3333-4444-555555555555";
    std::string certificate;  // PEM files: with them the site speaks TLS
    std::string private_key;
    std::chrono::milliseconds heartbeat{5000};
    unsigned heartbeat_field = 60;  // what the handshake says
};

class SimFtrack {
public:
    explicit SimFtrack(SimFtrackOptions options = {});
    ~SimFtrack();
    SimFtrack(const SimFtrack&) = delete;
    SimFtrack& operator=(const SimFtrack&) = delete;

    std::string url() const;
    std::uint16_t port() const noexcept;
    const SimFtrackOptions& options() const noexcept { return options_; }

    struct World {
        Site& site;
        Hub& hub;
        Faults& faults;
        std::uint64_t handshakes = 0;
        std::uint64_t api_requests = 0;
    };
    template <typename Function>
    auto with(Function function) {
        using Result = std::invoke_result_t<Function, World&>;
        auto task = std::make_shared<std::packaged_task<Result(World&)>>(std::move(function));
        auto result = task->get_future();
        run_there([task](World& world) { (*task)(world); });
        return result.get();
    }

    void set_choices(const std::string& entity, const std::string& key, const std::vector<std::string>& values);
    // An event as a client would publish it; members that are missing are filled in. Returns its id.
    std::string publish(const std::string& topic, const std::string& data = "{}", const std::string& id = {});
    void send_raw(const std::string& packet);

    void fail_handshake(HandshakeFault fault);
    void fail_api(ApiFault fault, unsigned times = 1);
    // Requests are answered as they should be from now on.
    void mend_api();
    // Ends every hub connection: closed in order, or reset.
    void drop_connections(bool reset = false);
    // Nobody can connect, and all connections are reset; later again on the same port.
    void stop_listening();
    void listen_again();
    // Both, with so much time between.
    void be_away(std::chrono::milliseconds time);

    std::size_t hub_connections();
    std::size_t subscriptions();

    // For the program: serves POST and GET below /sim/. Returns status and JSON.
    using Control = std::function<std::pair<unsigned, std::string>(const std::string& path, const std::string& body)>;
    void set_control(Control control);

    class Server;  // the sockets behind it

private:
    void run_there(std::function<void(World&)> function);

    SimFtrackOptions options_;
    std::unique_ptr<Server> server_;
};

}  // namespace foley::sim
