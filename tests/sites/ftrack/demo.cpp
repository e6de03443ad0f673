#include "tests/sites/ftrack/demo.hpp"

#include <foley/site/ftrack_expression.hpp>

namespace foley::sim {

namespace {

using site::ftrack::new_id;

json::Document object(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    json::Document out(rapidjson::kObjectType);
    for (const auto& [name, value] : members)
        out.AddMember(json::copy(name, out.GetAllocator()), json::copy(value, out.GetAllocator()), out.GetAllocator());
    return out;
}

std::string padded(unsigned number, std::size_t width) {
    auto text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

// The names of the demo need no more of ftrack's rules than this.
std::string folder_name(const std::string& name) {
    std::string out;
    for (const char c : name)
        out += c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

void add_storage(Site& site, const DemoOptions& options, Demo& demo) {
    demo.location = new_id();
    site.store().create("Location", object({{"id", demo.location}, {"name", "studio.central-storage-location"}}));
    const auto value = R"({"scenario": "ftrack.centralized-storage", "data": {"location_id": )" +
                       json::quote(demo.location) +
                       R"(, "location_name": "studio.central-storage-location", "accessor": {"mount_points": )" +
                       R"({"linux": )" + json::quote(options.mount) + R"(, "osx": "", "windows": ""}}}})";
    site.store().create("Setting", object({{"name", "storage_scenario"}, {"group", "STORAGE"}, {"value", value}}));
}

std::string add_component(Site& site, const Demo& demo, const std::string& type, const std::string& version,
                          const std::string& name, const std::string& resource_identifier) {
    auto id = new_id();
    site.store().create(type, object({{"id", id},
                                      {"name", name},
                                      {"file_type", ".exr"},
                                      {"system_type", type == "FileComponent" ? "file" : "sequence"},
                                      {"version_id", version}}));
    site.add_component_location(id, demo.location, resource_identifier);
    return id;
}

void add_version(Site& site, const Demo& demo, const std::string& shot, Demo::Task& task) {
    const auto asset = new_id();
    site.store().create("Asset", object({{"id", asset}, {"name", task.name}, {"context_id", shot}}));
    task.version = new_id();
    auto values =
        object({{"id", task.version}, {"asset_id", asset}, {"task_id", task.id}, {"project_id", demo.project}});
    values.AddMember("version", 1, values.GetAllocator());
    site.store().create("AssetVersion", values);
    const auto folder = task.folder + "/" + folder_name(task.name) + "/v001/";
    task.file = folder + "main.exr";
    task.frames = folder + "plate.%04d.exr";
    task.file_component = add_component(site, demo, "FileComponent", task.version, "main", task.file);
    add_component(site, demo, "SequenceComponent", task.version, "plate", task.frames);
}

}  // namespace

Demo build_demo(Site& site, const DemoOptions& options) {
    Demo demo;
    add_storage(site, options, demo);
    if (options.configurations) {
        const std::vector<std::pair<std::string, std::string>> menu = {
            {"Montreal", "yul"}, {"Los Angeles", "lax"}, {"Toronto", "yyz"}, {"Munich", "muc"}};
        site.add_configuration(options.attribute, "task", kTaskType, menu);
        site.add_configuration(options.attribute, "assetversion", "", menu);
    }
    demo.project = site.add_context("Project", "", options.project);
    for (unsigned s = 1; s <= options.sequences; ++s) {
        const auto sequence_name = "SQ " + padded(s * 10, 3);
        demo.sequences.push_back(site.add_context("Sequence", demo.project, sequence_name));
        for (unsigned h = 1; h <= options.shots; ++h) {
            const auto shot_name = "SH " + padded(s * 100 + h * 10, 4);
            demo.shots.push_back(site.add_context("Shot", demo.sequences.back(), shot_name));
            const auto folder =
                folder_name(options.project) + "/" + folder_name(sequence_name) + "/" + folder_name(shot_name);
            for (const auto& name : options.tasks) {
                Demo::Task task;
                task.name = name;
                task.folder = folder;
                task.id = site.add_context("Task", demo.shots.back(), name);
                if (options.versions) add_version(site, demo, demo.shots.back(), task);
                demo.tasks.push_back(std::move(task));
            }
        }
    }
    return demo;
}

}  // namespace foley::sim
