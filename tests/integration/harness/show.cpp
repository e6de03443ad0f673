#include "integration/harness/show.hpp"

#include <cstdlib>

namespace foley::testing {

Show::Show(Options options) : site(options.site), daemon(setup(options)) {
    for (const PluginSection& plugin : options.plugins)
        daemon.install_recorder(plugin.name);
}

DaemonSetup Show::setup(const Options& options) const {
    ::setenv("FOLEY_TEST_SHOTGRID_KEY", site.options().key.c_str(), 1);  // what basic_environment() hands on
    DaemonSetup setup;
    setup.plugins = options.plugins;
    setup.lines_source = false;
    setup.sites = "  studio: {kind: shotgrid, url: \"" + site.url() + "\", user: " + site.options().script +
                  ", api_key: {env: FOLEY_TEST_SHOTGRID_KEY}}\n";
    setup.sources = "  shows: {kind: shotgrid, site: studio, " + options.pace + ", " + options.source + "}\n";
    setup.top = options.top;
    setup.environment = options.environment;
    return setup;
}

void Show::follow() {
    daemon.start();
    await_source("live");
}

void Show::await_source(const std::string& state) {
    daemon.await("the source to be " + state, [&] { return source().state == state; });
}

std::string Show::entry(const std::string& script) {
    return R"({"event_type":"Shotgun_Task_Change","attribute_name":"sg_status_list","meta":{"type":"attribute_change",)"
           R"("attribute_name":"sg_status_list","entity_type":"Task","entity_id":7,"old_value":"wtg","new_value":"ip")" +
           (script.empty() ? "" : ",\"script\":{" + script + "}") + "}}";
}

void Show::commit_many(std::size_t count) {
    site.with([&](sim::SimShotgrid::World& world) {
        const auto event = json::parse(entry({}));
        for (std::size_t i = 0; i < count; ++i)
            world.site.log.append(world.site.event_row(event), world.site.clock.now());
    });
}

std::uint64_t Show::commit(const std::string& script) {
    return static_cast<std::uint64_t>(site.add_event(entry(script)));
}

void Show::commit_reserved(std::uint64_t id) {
    if (!site.commit(static_cast<std::int64_t>(id), entry({})))
        throw std::runtime_error("event " + std::to_string(id) + " is there already");
}

void Show::await_handled(const std::string& plugin, std::uint64_t id) {
    daemon.await(plugin + " to handle event " + std::to_string(id),
                 [&] { return daemon.handled(plugin).has(std::to_string(id)); });
}

void Show::await_count(const std::string& plugin, std::size_t count, std::chrono::milliseconds limit) {
    daemon.await(
        plugin + " to handle " + std::to_string(count) + " events",
        [&] { return daemon.handled(plugin).count("event") >= count; }, limit);
}

std::vector<std::uint64_t> Show::ids(const std::string& plugin) const {
    std::vector<std::uint64_t> out;
    for (const std::string& id : daemon.handled(plugin).ids())
        out.push_back(std::stoull(id));
    return out;
}

}  // namespace foley::testing
