#include "tests/sites/ftrack/sim_ftrack.hpp"

#include "tests/sites/ftrack/server.hpp"

#include <foley/site/ftrack_expression.hpp>

namespace foley::sim {

SimFtrack::SimFtrack(SimFtrackOptions options)
    : options_(std::move(options)), server_(std::make_unique<Server>(options_)) {}

SimFtrack::~SimFtrack() = default;

std::uint16_t SimFtrack::port() const noexcept {
    return server_->port();
}

std::string SimFtrack::url() const {
    const bool tls = !options_.certificate.empty();
    return (tls ? "https://localhost:" : "http://" + options_.address + ":") + std::to_string(port());
}

void SimFtrack::run_there(std::function<void(World&)> function) {
    server_->run_there(std::move(function));
}

void SimFtrack::set_choices(const std::string& entity, const std::string& key, const std::vector<std::string>& values) {
    with([&](World& world) { world.site.set_choices(entity, key, values); });
}

std::string SimFtrack::publish(const std::string& topic, const std::string& data, const std::string& id) {
    auto chosen = id.empty() ? site::ftrack::new_id() : id;
    with([&](World& world) {
        world.hub.publish(R"({"id":)" + json::quote(chosen) + R"(,"topic":)" + json::quote(topic) + R"(,"data":)" +
                          data + R"(,"source":{"id":"web-1","user":{"username":"ann@example.com"}},"target":"",)" +
                          R"("sent":null,"inReplyToEvent":null})");
    });
    return chosen;
}

void SimFtrack::send_raw(const std::string& packet) {
    with([&](World& world) { world.hub.send_raw(packet); });
}

void SimFtrack::fail_handshake(HandshakeFault fault) {
    with([&](World& world) { world.faults.handshake = fault; });
}

void SimFtrack::fail_api(ApiFault fault, unsigned times) {
    with([&](World& world) {
        for (unsigned i = 0; i < times; ++i)
            world.faults.api.push_back(fault);
    });
}

void SimFtrack::mend_api() {
    with([](World& world) { world.faults.api.clear(); });
}

void SimFtrack::drop_connections(bool reset) {
    with([&](World&) { server_->close_hub_connections(reset); });
}

void SimFtrack::stop_listening() {
    with([&](World&) { server_->stop_listening(); });
}

void SimFtrack::listen_again() {
    with([&](World&) { server_->listen(); });
}

void SimFtrack::be_away(std::chrono::milliseconds time) {
    with([&](World&) { server_->be_away(time); });
}

std::size_t SimFtrack::hub_connections() {
    return with([](World& world) { return world.hub.connections(); });
}

std::size_t SimFtrack::subscriptions() {
    return with([](World& world) { return world.hub.subscriptions(); });
}

void SimFtrack::set_control(Control control) {
    with([&](World&) { server_->control = std::move(control); });
}

}  // namespace foley::sim
