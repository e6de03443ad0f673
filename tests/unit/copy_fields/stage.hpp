// The built plugin at the simulated site, with the demo production.
#pragma once

#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace copy_fields_test {

using Kind = foley::Outcome::Kind;
using Link = foley::sim::shotgrid::Link;
namespace sim = foley::sim;
namespace json = foley::json;

inline std::string link_json(const Link& link) {
    return R"({"type":")" + link.type + R"(","id":)" + std::to_string(link.id) + "}";
}

struct Stage {
    Stage() : demo(site.with([](auto& world) { return foley::sim::shotgrid::build_demo(world.site); })) {
        plugin.add_site(site.connection());
    }
    void start(const std::string& rules) {
        plugin.set("rules", foley::SettingMap("{" + rules + "}"));
        const auto outcome = plugin.start();
        INFO(outcome.why());
        REQUIRE(outcome.kind() == Kind::done);
    }
    foley::Outcome deliver(const Link& entity, const std::string& action, const std::string& attribute = {},
                           const std::string& meta = {}) {
        auto event = foley::testing::shotgrid_event(
            R"({"id":9,"created_at":"2026-03-31T15:26:16Z","event_type":"Shotgun_)" + entity.type + "_" + action +
            R"(","attribute_name":)" + (attribute.empty() ? "null" : "\"" + attribute + "\"") +
            R"(,"meta":{"entity_type":")" + entity.type + R"(","entity_id":)" + std::to_string(entity.id) + meta +
            "}}");
        event.site = "sim";
        const auto results = plugin.deliver(event);
        REQUIRE(results.size() == 1);
        return results.front().outcome;
    }
    // Someone changes a field, and the plugin hears of it.
    foley::Outcome change(const Link& entity, const std::string& field, const std::string& value) {
        site.change(entity.type, entity.id, "{\"" + field + "\":" + value + "}");
        return deliver(entity, "Change", field, R"(,"new_value":)" + value);
    }
    std::string value(const Link& entity, const std::string& field) {
        return site.with([&](auto& world) {
            const auto& type = world.site.store.schema().get(entity.type, "");
            const auto text = world.site.store.entity_json(type, *world.site.store.find(entity), {field});
            return json::stringify(json::member(json::parse(text), field));
        });
    }
    // Why the start is refused.
    std::string refused(const std::string& rules) {
        plugin.set("rules", foley::SettingMap("{" + rules + "}"));
        const auto outcome = plugin.start();
        REQUIRE(outcome.kind() == Kind::failed);
        return outcome.why();
    }
    void add_field(const std::string& type, const std::string& name, sim::shotgrid::DataType data_type) {
        site.with([&](auto& world) { world.site.store.schema().add_field(type, {name, data_type}); });
    }
    std::uint64_t writes() { return site.calls("update") + site.calls("batch"); }

    sim::SimShotgrid site;
    sim::shotgrid::Demo demo;
    foley::testing::Plugin plugin{std::filesystem::path(COPY_FIELDS_PLUGIN)};
};

}  // namespace copy_fields_test
