#include "hammertrack/touched.hpp"

#include <foley/value.hpp>

#include <algorithm>
#include <array>

namespace hammertrack {
namespace {

namespace json = foley::json;

// Of the type Task, on every site; the type's name can be changed by the site.
constexpr std::string_view kTaskType = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c";
// What decides the place of an entity, in the words of events.
constexpr std::array<std::string_view, 7> kPlaceKeys{"name",     "full_name", "fullname", "parent_id",
                                                     "parentid", "asset_id",  "assetid"};

bool has_key(const json::Value& entity, std::string_view key) {
    const auto& changes = json::member(entity, "changes");
    if (changes.IsObject() && changes.HasMember(json::borrow(key))) return true;
    const auto& keys = json::member(entity, "keys");
    if (!keys.IsArray()) return false;
    const auto all = keys.GetArray();
    return std::any_of(all.begin(), all.end(),
                       [&](const json::Value& each) { return json::text_or_empty(each) == key; });
}

bool changes_place(const json::Value& entity) {
    const auto action = json::text_or_empty(entity, "action");
    if (action == "add" || action == "remove" || action == "move") return true;
    return std::any_of(kPlaceKeys.begin(), kPlaceKeys.end(),
                       [&](std::string_view key) { return has_key(entity, key); });
}

enum class Kind { task, version, above, other };

Kind kind_of(const json::Value& entity) {
    const auto legacy = json::text_or_empty(entity, "entityType");
    const auto type = json::text_or_empty(entity, "entity_type");
    if (legacy == "assetversion" || type == "AssetVersion") return Kind::version;
    if (type == "Task" || json::text_or_empty(entity, "objectTypeId") == kTaskType) return Kind::task;
    if (legacy == "task" || legacy == "show" || legacy == "asset") return Kind::above;
    return Kind::other;
}

std::string id_of(const json::Value& entity, Kind kind) {
    if (kind == Kind::version) {
        const auto& first = json::find(entity, "parents", 0);
        if (json::text_or_empty(first, "entityType") == "assetversion") {
            return std::string(json::text_or_empty(first, "entityId"));
        }
    }
    return std::string(json::text_or_empty(entity, "entityId"));
}

void read_entity(const json::Value& entity, const TouchedOptions& options, Touched& touched) {
    const Kind kind = kind_of(entity);
    const std::string id = id_of(entity, kind);
    if (id.empty()) return;
    const bool labelled = has_key(entity, options.attribute);
    const bool wanted = (kind == Kind::task && options.tasks) || (kind == Kind::version && options.versions);
    if (labelled && !wanted) touched.foreign.emplace(json::text_or_empty(entity, "entity_type"));
    if (kind == Kind::above && changes_place(entity)) touched.above.insert(id);
    if (!wanted) return;
    const Entity each{kind == Kind::task ? EntityKind::task : EntityKind::version, id};
    if (labelled) {
        touched.relabelled.insert(each);
        const auto& change = json::find(entity, "changes", options.attribute);
        if (change.IsObject() && change.HasMember("new")) touched.said[each] = foley::Value(change["new"]).texts();
    } else if (changes_place(entity)) {
        touched.placed.insert(each);
    }
}

}  // namespace

Touched read_touched(std::string_view topic, const json::Value& payload, const TouchedOptions& options) {
    Touched touched;
    const auto& data = json::member(payload, "data");
    if (topic == "ftrack.update") {
        const auto& entities = json::member(data, "entities");
        if (!entities.IsArray()) return touched;
        for (const auto& entity : entities.GetArray())
            read_entity(entity, options, touched);
    } else if (options.versions && json::text_or_empty(data, "location_id") == options.location) {
        const auto component = json::text_or_empty(data, "component_id");
        if (!component.empty() && !options.location.empty()) touched.components.emplace(component);
    }
    return touched;
}

}  // namespace hammertrack
