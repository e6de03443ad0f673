// Notes: create_entities as it ships, with rules that make notes of what is entered in versions, against a simulated
// site.
#pragma once

#include "unit/rules/sim_world.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace plugin_tests {

// A client's remark becomes a note on the version and its shot, and the field is empty again.
inline constexpr const char* kClientNote =
    R"({"client": {"from": "Version", "field": "sg_client_note", "create": "Note",
                   "set": {"subject": "{event.user}'s note on {code}", "content": "{sg_client_note}",
                           "note_links": ["{.}", "{entity}"], "tasks": "{sg_task}",
                           "addressings_to": ["{user}", "{sg_task.Task.task_assignees}"],
                           "user": ["{user}", "{event.user}"], "sg_note_type": "Client"},
                   "then": {"sg_client_note": ""}}})";

struct Notes : SimWorld {
    explicit Notes(const std::string& rules = kClientNote, std::chrono::seconds settle = {})
        : SimWorld(CREATE_ENTITIES_PLUGIN) {
        using foley::sim::shotgrid::DataType;
        site.with([](auto& world) {
            auto& schema = world.site.store.schema();
            schema.add_field("Version", {"sg_client_note", DataType::text});
            schema.add_field("Note", {"tasks", DataType::multi_entity});
            schema.add_field("Note", {"sg_note_type", DataType::list, {"Client", "Internal"}});
        });
        plugin.set("rules", foley::SettingMap(rules));
        plugin.set("settle", settle);
    }

    Link version() const { return demo.versions.at(0); }
    // Jane enters a remark.
    foley::testing::SavedEvent remark(const std::string& text, const std::string& name = "sg_client_note") {
        const auto ids =
            site.change("Version", version().id, "{\"" + name + "\":" + foley::json::quote(text) + "}", demo.jane);
        return event(ids.at(0));
    }
    foley::json::Document all_notes() {
        return client.find({.type = "Note",
                            .fields = {"subject", "content", "note_links", "tasks", "addressings_to", "user",
                                       "sg_note_type", "project"}});
    }
    std::size_t count() { return all_notes().Size(); }
};

}  // namespace plugin_tests
