#include "hammertrack/ftrack_tracker.hpp"

#include <foley/site/ftrack_expression.hpp>
#include <foley/value.hpp>

#include <algorithm>
#include <span>

namespace hammertrack {
namespace {

namespace json = foley::json;
using foley::site::ftrack::is_id;
using foley::site::ftrack::quoted_id;
using foley::site::ftrack::quoted_ids;

// The id of the type Task on every site; its name can be changed.
constexpr std::string_view kTaskType = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c";
constexpr std::size_t kIdsPerRequest = 200;
constexpr int kNestedContainers = 4;

std::string text(const json::Value& row, std::string_view name) {
    return std::string(json::text_or_empty(row, name));
}

template <typename Each>
void for_each_row(const json::Value& rows, Each each) {
    if (!rows.IsArray()) return;
    for (const auto& row : rows.GetArray())
        each(row);
}

template <typename Part>
void in_parts(const std::vector<std::string>& ids, Part part) {
    for (std::size_t begin = 0; begin < ids.size(); begin += kIdsPerRequest) {
        const auto count = std::min(kIdsPerRequest, ids.size() - begin);
        part(std::span<const std::string>(ids.data() + begin, count));
    }
}

// An id comes from an event that anyone can publish; one that is none cannot be asked for, and belongs to nothing.
std::vector<std::string> ids_of(const std::vector<Entity>& entities, EntityKind kind) {
    std::vector<std::string> ids;
    for (const Entity& entity : entities) {
        if (entity.kind == kind && is_id(entity.id)) ids.push_back(entity.id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

// A shot or a sequence can have a value too, where the attribute is hierarchical, and an event can call it a task.
bool is_task(const json::Value& row) {
    return json::text_or_empty(row, "object_type_id") == kTaskType ||
           json::text_or_empty(row, "__entity_type__") == "Task";
}

// From the project down to the task, or nothing: the answer is not whole.
bool is_link_of(const json::Value& link, const std::string& id) {
    if (!link.IsArray() || link.Size() < 2) return false;
    const auto all = link.GetArray();
    return json::text_or_empty(all[all.Size() - 1], "id") == id &&
           std::all_of(all.begin(), all.end(),
                       [](const json::Value& each) { return !json::text_or_empty(each, "id").empty(); });
}

Whereabouts without_link(const std::string& task) {
    Whereabouts where;
    where.unclear = true;
    where.paths.refused.push_back("The task " + task +
                                  " is not labelled: ftrack does not say what it belongs to (its link is missing).");
    return where;
}

}  // namespace

Values values_in(const json::Value& value) {
    return foley::Value(value).texts();
}

std::map<Entity, Whereabouts> FtrackTracker::locate(const std::vector<Entity>& entities) {
    std::map<Entity, Whereabouts> result;
    locate_tasks(ids_of(entities, EntityKind::task), result);
    locate_versions(ids_of(entities, EntityKind::version), result);
    return result;
}

void FtrackTracker::locate_tasks(const Ids& ids, std::map<Entity, Whereabouts>& result) {
    struct Found {
        std::string project;
        std::vector<std::string> between;  // from below the project down to the task
        Whereabouts where;
    };
    std::map<std::string, Found> tasks;
    std::map<std::string, std::string> projects;
    in_parts(ids, [&](std::span<const std::string> part) {
        const auto rows = site_.query(
            "select id, name, link, parent_id, project_id, project.name, object_type_id from TypedContext "
            "where id in " +
            quoted_ids(part));
        for_each_row(rows, [&](const json::Value& row) {
            if (!is_task(row)) return;
            const std::string task = text(row, "id");
            if (!is_link_of(json::member(row, "link"), task)) {
                result.emplace(Entity{EntityKind::task, task}, without_link(task));
                return;
            }
            Found& found = tasks[task];
            found.where.parent = text(row, "parent_id");
            // The names in `link` are those to use, but for the project's: there it may be the long one.
            for_each_row(json::member(row, "link"), [&](const json::Value& each) {
                const std::string id = text(each, "id");
                if (found.project.empty()) {
                    found.project = id;
                } else {
                    found.between.push_back(text(each, "name"));
                }
                if (id != task) found.where.above.insert(id);
            });
            std::string& project = projects[found.project];
            if (project.empty()) project = json::text_or_empty(row, "project", "name");
        });
    });
    fill_project_names(projects);
    for (auto& [id, found] : tasks) {
        found.where.paths = task_paths(projects[found.project], found.between, options_.task_path);
        result.emplace(Entity{EntityKind::task, id}, std::move(found.where));
    }
}

void FtrackTracker::fill_project_names(std::map<std::string, std::string>& names) {
    Ids missing;
    for (const auto& [id, name] : names) {
        if (name.empty() && is_id(id)) missing.push_back(id);
    }
    in_parts(missing, [&](std::span<const std::string> part) {
        const auto rows = site_.query("select id, name from Project where id in " + quoted_ids(part));
        for_each_row(rows, [&](const json::Value& row) { names[text(row, "id")] = text(row, "name"); });
    });
}

void FtrackTracker::locate_versions(const Ids& ids, std::map<Entity, Whereabouts>& result) {
    std::map<std::string, std::vector<ComponentPlace>> places;
    in_parts(ids, [&](std::span<const std::string> part) {
        const auto versions =
            site_.query("select id, asset_id, link from AssetVersion where id in " + quoted_ids(part));
        for_each_row(versions, [&](const json::Value& row) {
            const std::string id = text(row, "id");
            Whereabouts& where = result[Entity{EntityKind::version, id}];
            if (auto asset = text(row, "asset_id"); !asset.empty()) where.above.insert(std::move(asset));
            for_each_row(json::member(row, "link"), [&](const json::Value& each) {
                if (auto above = text(each, "id"); above != id) where.above.insert(std::move(above));
            });
        });
        if (options_.location.empty()) return;
        const auto components = site_.query(
            "select id, version_id, container_id, component_locations.location_id, "
            "component_locations.resource_identifier from Component where version_id in " +
            quoted_ids(part));
        for_each_row(components, [&](const json::Value& row) {
            const std::string version = text(row, "version_id");
            const auto found = result.find(Entity{EntityKind::version, version});
            if (found == result.end()) return;
            found->second.above.insert(text(row, "id"));
            for_each_row(json::member(row, "component_locations"), [&](const json::Value& location) {
                if (text(location, "location_id") != options_.location) return;
                places[version].push_back(
                    {text(row, "id"), text(row, "container_id"), text(location, "resource_identifier")});
            });
        });
    });
    for (const auto& [id, components] : places) {
        result[Entity{EntityKind::version, id}].paths = component_paths(options_.prefix, components);
    }
}

std::map<std::string, std::vector<Entity>> FtrackTracker::tasks_of(const std::set<std::string>& parents) {
    std::map<std::string, std::vector<Entity>> result;
    Ids ids;
    std::copy_if(parents.begin(), parents.end(), std::back_inserter(ids), is_id);
    in_parts(ids, [&](std::span<const std::string> part) {
        const auto rows = site_.query("select id, parent_id from Task where parent_id in " + quoted_ids(part));
        for_each_row(rows, [&](const json::Value& row) {
            result[text(row, "parent_id")].push_back({EntityKind::task, text(row, "id")});
        });
    });
    return result;
}

std::map<Entity, Values> FtrackTracker::values(const std::vector<Entity>& entities) {
    std::map<Entity, Values> result;
    for (const EntityKind kind : {EntityKind::task, EntityKind::version}) {
        read_values(kind, ids_of(entities, kind), result);
    }
    return result;
}

void FtrackTracker::read_values(EntityKind kind, const Ids& ids, std::map<Entity, Values>& result) {
    const Ids& configurations = configurations_[kind];
    if (configurations.empty()) return;
    in_parts(ids, [&](std::span<const std::string> part) {
        const auto rows =
            site_.query("select value, entity_id, configuration_id from CustomAttributeValue where entity_id in " +
                        quoted_ids(part) + " and configuration_id in " + quoted_ids(configurations));
        for_each_row(rows, [&](const json::Value& row) {
            Values& values = result[Entity{kind, text(row, "entity_id")}];
            for (auto& value : values_in(json::member(row, "value")))
                values.push_back(std::move(value));
        });
    });
}

// By the id of the last row and not by an offset: rows come and go between two pages.
Tracker::Page FtrackTracker::page(EntityKind kind, const std::string& after, std::size_t limit) {
    Page page;
    const Ids& configurations = configurations_[kind];
    if (configurations.empty()) return page;
    const std::string type =
        kind == EntityKind::task ? "ContextCustomAttributeValue" : "AssetVersionCustomAttributeValue";
    const auto rows =
        site_.query("select value, entity_id, configuration_id from " + type + " where configuration_id in " +
                    quoted_ids(configurations) + (after.empty() ? "" : " and entity_id > " + quoted_id(after)) +
                    " order by entity_id limit " + std::to_string(limit));
    std::size_t count = 0;
    for_each_row(rows, [&](const json::Value& row) {
        ++count;
        page.last = text(row, "entity_id");
        Values& values = page.rows[Entity{kind, page.last}];
        for (auto& value : values_in(json::member(row, "value")))
            values.push_back(std::move(value));
    });
    page.more = count >= limit && is_id(page.last);
    return page;
}

std::optional<Entity> FtrackTracker::version_of_component(const std::string& component) {
    std::string id = component;
    for (int level = 0; level < kNestedContainers && is_id(id); ++level) {
        const auto row =
            site_.query_first("select id, version_id, container_id from Component where id is " + quoted_id(id));
        if (!row.IsObject()) return std::nullopt;
        if (auto version = text(row, "version_id"); !version.empty())
            return Entity{EntityKind::version, std::move(version)};
        id = text(row, "container_id");
    }
    return std::nullopt;
}

}  // namespace hammertrack
