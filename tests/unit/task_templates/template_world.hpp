// TemplateWorld: task_templates as it ships, against a simulated site with a task template of two tasks, Model and Rig.
// The first two shots of the demo use it; the first has its Model task.
#pragma once

#include "unit/rules/sim_world.hpp"
#include "unit/task_templates/template_schema.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

namespace plugin_tests {

struct TemplateWorld : SimWorld {
    explicit TemplateWorld(const std::string& rules, std::chrono::seconds settle = {})
        : SimWorld(TASK_TEMPLATES_PLUGIN) {
        site.with([](auto& world) { add_task_templates(world.site.store.schema()); });
        plugin.set("rules", foley::SettingMap(rules));
        plugin.set("settle", settle);
        tmpl = {"TaskTemplate", site.create("TaskTemplate", R"({"code":"Characters","sg_plugins":"N/A"})")};
        model = in_template("Model");
        rig = in_template("Rig");
        for (const int i : {0, 1})
            use_template(demo.shots.at(static_cast<std::size_t>(i)));
        first_model = task(demo.shots.at(0), "Model", model);
    }

    static std::string json_of(const Link& link) {
        return fmt::format(R"({{"type":"{}","id":{}}})", link.type, link.id);
    }
    // Templates and their tasks belong to a project of their own here; on a real site to none.
    Link in_template(const std::string& content) {
        return {"Task", site.create("Task", fmt::format(R"({{"content":"{}","sg_description":"how to {}",)"
                                                        R"("task_template":{},"project":{}}})",
                                                        content, content, json_of(tmpl), json_of(demo.project)))};
    }
    Link task(const Link& entity, const std::string& content, const Link& origin) {
        return {"Task",
                site.create("Task", fmt::format(R"({{"content":"{}","entity":{},"template_task":{},)"
                                                R"("project":{},"sg_status_list":"wtg"}})",
                                                content, json_of(entity), json_of(origin), json_of(demo.project)))};
    }
    void use_template(const Link& entity) {
        site.change(entity.type, entity.id, "{\"task_template\":" + json_of(tmpl) + "}");
    }
    // The tasks of an entity that come from one of the template.
    std::vector<Link> copies(const Link& entity, const Link& origin) {
        using foley::site::shotgrid::field;
        const auto link = [](const Link& from) { return foley::site::shotgrid::Link{from.type, from.id}; };
        const auto found = client.find(
            {.type = "Task", .filter = all(field("entity").is(link(entity)), field("template_task").is(link(origin)))});
        std::vector<Link> out;
        for (const auto& each : found.GetArray())
            out.push_back({"Task", foley::json::integer(foley::json::member(each, "id")).value_or(0)});
        return out;
    }
    // Someone makes it; the event of that.
    foley::testing::SavedEvent made(const Link& link) {
        auto saved = foley::testing::shotgrid_event(
            fmt::format(R"({{"id":{},"event_type":"Shotgun_{}_New","meta":{{"type":"new_entity","entity_type":"{}",)"
                        R"("entity_id":{}}}}})",
                        9000 + link.id, link.type, link.type, link.id));
        saved.site = "sim";
        return saved;
    }

    Link tmpl, model, rig, first_model;
};

}  // namespace plugin_tests
