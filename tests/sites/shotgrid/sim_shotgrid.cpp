#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include "tests/sites/shotgrid/server.hpp"
#include "tests/sites/shotgrid/writer.hpp"

#include <foley/secret.hpp>

namespace foley::sim {

namespace shotgrid {

Link someone(const Site& site, const Link& user) {
    if (!user.type.empty()) return user;
    for (const char* type : {"HumanUser", "ApiUser"}) {
        const auto& rows = site.store.rows(type);
        if (!rows.empty()) return {type, rows.begin()->first};
    }
    return {};
}

std::string fields_list(const json::Value& fields) {
    std::string out;
    if (fields.IsObject()) {
        for (const auto& field : fields.GetObject())
            out += (out.empty() ? "" : ",") + (R"({"field_name":)" + json::stringify(field.name)) + R"(,"value":)" +
                   json::stringify(field.value) + "}";
    }
    return "[" + out + "]";
}

std::vector<std::int64_t> write(Site& site, std::string_view method, const std::string& parameters, const Link& user) {
    Writer writer(site, {someone(site, user), std::nullopt, user.type == "ApiUser" ? "" : "web-session-1"});
    const auto sent = json::parse(parameters);
    if (method == "revive") {
        writer.revive(sent);
    } else if (method == "delete") {
        writer.remove(sent);
    } else {
        writer.update(sent);
    }
    return writer.commit();
}

namespace {

std::string address_of(const std::string& type, std::int64_t id) {
    return R"({"type":)" + json::quote(type) + R"(,"id":)" + std::to_string(id);
}

}  // namespace

}  // namespace shotgrid

SimShotgrid::SimShotgrid(SimShotgridOptions options)
    : options_(std::move(options)), server_(std::make_unique<Server>(options_)) {}

SimShotgrid::~SimShotgrid() = default;

std::uint16_t SimShotgrid::port() const noexcept {
    return server_->port();
}

std::string SimShotgrid::url() const {
    const bool tls = !options_.certificate.empty();
    return (tls ? "https://localhost:" : "http://" + options_.address + ":") + std::to_string(port());
}

SiteConnection SimShotgrid::connection() const {
    SiteConnection out;
    out.name = "sim";
    out.kind = "shotgrid";
    out.url = url();
    out.user = options_.script;
    out.secret = Secret(options_.key);
    return out;
}

void SimShotgrid::run_there(std::function<void(World&)> function) {
    server_->run_there(std::move(function));
}

std::vector<std::int64_t> SimShotgrid::change(const std::string& type, std::int64_t id, const std::string& fields,
                                              const shotgrid::Link& user) {
    const auto parameters =
        shotgrid::address_of(type, id) + R"(,"fields":)" + shotgrid::fields_list(json::parse(fields)) + "}";
    return with([&](World& world) { return shotgrid::write(world.site, "update", parameters, user); });
}

std::vector<std::int64_t> SimShotgrid::retire(const std::string& type, std::int64_t id, const shotgrid::Link& user) {
    return with([&](World& world) {
        return shotgrid::write(world.site, "delete", shotgrid::address_of(type, id) + "}", user);
    });
}

std::vector<std::int64_t> SimShotgrid::revive(const std::string& type, std::int64_t id, const shotgrid::Link& user) {
    return with([&](World& world) {
        return shotgrid::write(world.site, "revive", shotgrid::address_of(type, id) + "}", user);
    });
}

std::int64_t SimShotgrid::create(const std::string& type, const std::string& fields, const shotgrid::Link& user) {
    const auto parameters = R"({"type":)" + json::quote(type) + R"(,"fields":)" +
                            shotgrid::fields_list(json::parse(fields)) + R"(,"return_fields":["id"]})";
    return with([&](World& world) {
        shotgrid::Writer writer(world.site, {shotgrid::someone(world.site, user), std::nullopt, {}});
        const auto made = json::parse(writer.create(json::parse(parameters)));
        writer.commit();
        return json::integer(json::member(made, "id")).value_or(0);
    });
}

std::int64_t SimShotgrid::add_event(const std::string& event) {
    return with([&](World& world) {
        return world.site.log.append(world.site.event_row(json::parse(event)), world.site.clock.now());
    });
}

std::int64_t SimShotgrid::reserve(std::int64_t count) {
    return with([&](World& world) { return world.site.log.reserve(count); });
}

bool SimShotgrid::commit(std::int64_t id, const std::string& event) {
    return with([&](World& world) { return world.site.log.commit(id, world.site.event_row(json::parse(event))); });
}

std::vector<std::int64_t> SimShotgrid::committed() {
    return with([](World& world) {
        world.site.log.settle(world.site.clock.now());
        std::vector<std::int64_t> out;
        for (const auto& [id, row] : std::as_const(world.site.store).rows("EventLogEntry"))
            out.push_back(id);
        return out;
    });
}

void SimShotgrid::fail(const shotgrid::HttpFault& fault, unsigned times) {
    with([&](World& world) { world.faults.add(fault, times); });
}

void SimShotgrid::advance(std::chrono::milliseconds time) {
    with([&](World& world) {
        world.site.clock.advance(time);
        world.site.log.settle(world.site.clock.now());
    });
}

void SimShotgrid::stop_listening() {
    with([&](World&) { server_->stop_listening(); });
}

void SimShotgrid::listen_again() {
    with([&](World&) { server_->listen(); });
}

void SimShotgrid::be_away(std::chrono::milliseconds time) {
    with([&](World&) { server_->be_away(time); });
}

std::uint64_t SimShotgrid::requests() {
    return with([](World& world) { return world.requests; });
}

std::uint64_t SimShotgrid::calls(const std::string& method) {
    return with([&](World& world) {
        const auto found = world.calls.find(method);
        return found == world.calls.end() ? 0 : found->second;
    });
}

void SimShotgrid::set_control(Control control) {
    with([&](World&) { server_->control = std::move(control); });
}

}  // namespace foley::sim
