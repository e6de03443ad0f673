// Production: a site with the demo production, and a daemon with one of the plugins that ship.
#pragma once

#include "integration/harness/show.hpp"

#include "tests/sites/shotgrid/demo.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace foley::testing {

class Production {
public:
    // `settings` are flow entries.
    Production(const std::string& plugin, const std::string& settings)
        : plugin_(plugin),
          show({.plugins = {{.name = plugin, .settings = settings, .records = false}}, .source = "start: latest"}) {
        demo = show.site.with([](auto& world) { return sim::shotgrid::build_demo(world.site); });
        std::filesystem::remove(show.daemon.plugin_directory() / (plugin + ".so"));
        show.daemon.install(plugin, shipped_plugin(plugin));
        show.follow();
    }

    std::int64_t make_shot(const std::string& code, const std::string& fields = {}) {
        return show.site.create(
            "Shot",
            R"({"project":{"type":"Project","id":)" + std::to_string(demo.project.id) + R"(},"code":")" + code + "\"" +
                (fields.empty()
                     ? R"(,"sg_sequence":{"type":"Sequence","id":)" + std::to_string(demo.sequences[0].id) + "}"
                     : fields) +
                "}",
            demo.jane);
    }
    void await_blocked(const std::string& reason) {
        // In one look: between two it tries again, and is not blocked for that moment.
        show.daemon.await(plugin_ + " to be blocked: " + reason, [&] {
            const PluginView view = show.daemon.plugin(plugin_);
            return view.state == "blocked" && (view.waits_for + view.reason).find(reason) != std::string::npos;
        });
    }
    // JSON of a field, as the site has it.
    std::string value(const sim::shotgrid::Link& entity, const std::string& field) {
        return show.site.with([&](auto& world) {
            const auto& store = world.site.store;
            const auto& type = store.schema().get(entity.type, "");
            return json::stringify(
                json::member(json::parse(store.entity_json(type, *store.find(entity), {field})), field));
        });
    }
    // The site's log has what scripts do, too, so that the plugin hears of its own writes.
    void log_scripts() {
        show.site.with([](auto& world) {
            auto& store = world.site.store;
            const auto flag = store.schema().get("ApiUser", "").find("generate_event_log_entries");
            for (auto& [id, row] : store.rows("ApiUser"))
                row.slot(*flag) = true;
        });
    }

private:
    std::string plugin_;

public:
    Show show;
    sim::shotgrid::Demo demo;
};

}  // namespace foley::testing
