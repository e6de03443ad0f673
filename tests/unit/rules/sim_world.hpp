// SimWorld: a simulated ShotGrid site with the demo production, and a plugin that is given the site's own events.
//
// Thread: the one that made it; the site has its own.
#pragma once

#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/site/shotgrid.hpp>
#include <foley/testing.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace plugin_tests {

using foley::sim::shotgrid::Link;

struct SimWorld {
    explicit SimWorld(const std::filesystem::path& library) : plugin(library), client(site.connection()) {
        site.with([&](auto& world) { demo = foley::sim::shotgrid::build_demo(world.site); });
        plugin.add_site(site.connection());
    }

    void start() {
        const auto outcome = plugin.start();
        if (outcome.kind() != foley::Outcome::Kind::done) throw std::runtime_error("the start: " + outcome.why());
    }

    // An entry of the site's log, as the source would read it.
    foley::testing::SavedEvent event(std::int64_t id) {
        const auto entry = client.find_one({.type = "EventLogEntry",
                                            .filter = foley::site::shotgrid::field("id").is(id),
                                            .fields = {"event_type", "attribute_name", "meta", "entity", "user",
                                                       "project", "session_uuid", "created_at"}});
        auto saved = foley::testing::shotgrid_event(foley::json::stringify(entry));
        saved.site = "sim";
        return saved;
    }
    // Someone changes a field; the event of that, undelivered. `value` is JSON.
    foley::testing::SavedEvent change(const Link& link, const std::string& field, const std::string& value) {
        const auto ids = site.change(link.type, link.id, "{" + foley::json::quote(field) + ":" + value + "}");
        if (ids.empty()) throw std::runtime_error(field + " was that already");
        return event(ids.front());
    }
    foley::testing::SavedEvent event_of(const Link& link, const std::string& status) {
        return change(link, "sg_status_list", foley::json::quote(status));
    }
    // As if its present status had just been set.
    foley::testing::SavedEvent event_of_status(const Link& link) {
        auto saved = foley::testing::shotgrid_event(
            R"({"event_type":"Shotgun_)" + link.type + R"(_Change","attribute_name":"sg_status_list","meta":{)" +
            R"("type":"attribute_change","attribute_name":"sg_status_list","entity_type":")" + link.type +
            R"(","entity_id":)" + std::to_string(link.id) + R"(,"new_value":")" + status(link) + "\"}}");
        saved.site = "sim";
        return saved;
    }
    // The outcome of the callback that wants it.
    foley::Outcome deliver(const foley::testing::SavedEvent& event) { return plugin.deliver(event).at(0).outcome; }
    // Someone sets a status, which the plugin does not hear of.
    void set_status(const Link& link, const std::string& status) {
        site.change(link.type, link.id, R"({"sg_status_list":)" + foley::json::quote(status) + "}");
    }
    // Someone sets a status, and the plugin hears of it.
    foley::Outcome become(const Link& link, const std::string& status) { return deliver(event_of(link, status)); }

    void depends_on(const Link& task, const std::vector<Link>& upstream) {
        std::string links;
        for (const auto& each : upstream)
            links += (links.empty() ? "" : ",") + (R"({"type":"Task","id":)" + std::to_string(each.id) + "}");
        site.change("Task", task.id, R"({"upstream_tasks":[)" + links + "]}");
    }
    std::string text(const Link& link, const std::string& field) {
        const auto entity = client.find_one(
            {.type = link.type, .filter = foley::site::shotgrid::field("id").is(link.id), .fields = {field}});
        return foley::json::to_text(foley::json::member(entity, field));
    }
    std::string status(const Link& link) { return text(link, "sg_status_list"); }
    std::string project_name() { return text(demo.project, "name"); }

    foley::sim::SimShotgrid site;
    foley::sim::shotgrid::Demo demo;
    foley::testing::Plugin plugin;
    foley::site::Shotgrid client;
};

}  // namespace plugin_tests
