// The event object of the ftrack event hub. An `ftrack.update` names entities, each with the keys that changed; other
// topics name what they are about in members of their own.
#include "readers.hpp"

#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace foley::shape {
namespace {

// ftrack's legacy classes, where an event gives no schema name beside them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSchemaNames{{
    {"task", "TypedContext"},
    {"show", "Project"},
    {"assetversion", "AssetVersion"},
    {"asset", "Asset"},
    {"list", "List"},
    {"listobject", "ListObject"},
    {"appointment", "Appointment"},
    {"component", "Component"},
    {"user", "User"},
    {"note", "Note"},
}};

std::string schema_name(const json::Value& entity) {
    std::string name = name_text(entity, "entity_type");
    if (!name.empty()) return name;
    std::string legacy = name_text(entity, "entityType");
    for (const auto& [from, to] : kSchemaNames) {
        if (from == legacy) return std::string(to);
    }
    return legacy;
}

// An asset version's own entityId is not reliable; the first of its parents is the version itself.
std::string entity_id(const json::Value& entity) {
    if (json::text_or_empty(entity, "entityType") == "assetversion") {
        const json::Value& self = json::find(entity, "parents", 0);
        const std::string_view type = json::text_or_empty(self, "entityType");
        std::string id = scalar_text(json::member(self, "entityId"));
        if (!id.empty() && (type.empty() || type == "assetversion")) return id;
    }
    return scalar_text(json::member(entity, "entityId"));
}

Entity read_entity(const json::Value& value) {
    Entity entity;
    entity.type = schema_name(value);
    entity.id = entity_id(value);
    entity.name = name_text(value, "name");
    entity.json = Value{value};
    return entity;
}

void read_projects(ProjectCollector& projects, const json::Value& entity) {
    const json::Value& parents = json::member(entity, "parents");
    if (parents.IsArray()) {
        for (const auto& parent : parents.GetArray()) {
            if (json::text_or_empty(parent, "entityType") == "show" ||
                json::text_or_empty(parent, "entity_type") == "Project") {
                projects.add({scalar_text(json::member(parent, "entityId")), name_text(parent, "name")});
            }
        }
    }
    if (json::text_or_empty(entity, "entityType") == "show") {
        projects.add({scalar_text(json::member(entity, "entityId")), {}});
    }
}

// One change per key, in the order of `keys`, then those that only `changes` names. Both may be missing; a key without
// an entry in `changes` is a change whose values ftrack does not say.
void read_changes(EventFacts& facts, const json::Value& value) {
    const Entity entity = read_entity(value);
    const std::string action = name_text(value, "action");
    const json::Value& changes = json::member(value, "changes");
    const MemberIndex index = index_members(changes);
    std::unordered_set<std::string_view> seen;
    const auto add = [&](std::string_view key) {
        if (key.empty() || key.size() > kLongestName || !seen.insert(key).second) return;
        const Value change = value_at(index, key);
        facts.changes.push_back(
            {entity, std::string(key), action, value_of(change.json(), "old"), value_of(change.json(), "new"), {}, {}});
    };
    const json::Value& keys = json::member(value, "keys");
    if (keys.IsArray()) {
        for (const auto& key : keys.GetArray())
            add(json::text_or_empty(key));
    }
    if (changes.IsObject()) {
        for (const auto& change : changes.GetObject())
            add(json::text_or_empty(change.name));
    }
    if (seen.empty() && !entity.empty()) facts.changes.push_back({entity, {}, action, {}, {}, {}, {}});
}

void read_entities(EventFacts& facts, ProjectCollector& projects, const json::Value& entities) {
    if (!entities.IsArray()) return;
    for (const auto& entity : entities.GetArray()) {
        if (!entity.IsObject()) continue;
        read_changes(facts, entity);
        read_projects(projects, entity);
    }
}

void read_component(EventFacts& facts, const json::Value& data) {
    std::string id = scalar_text(json::member(data, "component_id"));
    if (id.empty()) return;
    facts.changes.push_back({{"Component", std::move(id), {}, Value{data}}, {}, {}, {}, {}, {}, {}});
}

User read_user(const json::Value& payload, const json::Value& data) {
    const json::Value& user = json::find(payload, "source", "user");
    User result;
    result.id = scalar_text(json::member(user, "id"));
    result.name = name_text(user, "username");
    if (result.id.empty()) result.id = scalar_text(json::find(data, "user", "userid"));
    return result;
}

std::string read_session(const json::Value& payload, const json::Value& data) {
    for (const json::Value* at : {&data, &json::member(payload, "source")}) {
        std::string token = name_text(*at, "clientToken");
        if (!token.empty()) return token;
    }
    return {};
}

}  // namespace

EventFacts read_ftrack(const json::Value& payload) {
    const json::Value& data = json::member(payload, "data");
    EventFacts facts;
    facts.id = scalar_text(json::member(payload, "id"));
    facts.type = name_text(payload, "topic");
    facts.user = read_user(payload, data);
    facts.session = read_session(payload, data);
    facts.created_at = parse_timestamp(json::text_or_empty(payload, "sent"));
    ProjectCollector projects(facts);
    read_entities(facts, projects, json::member(data, "entities"));
    read_entities(facts, projects, json::member(data, "selection"));  // menu actions, in two places
    read_entities(facts, projects, json::find(data, "context", "selection"));
    read_component(facts, data);
    return facts;
}

}  // namespace foley::shape
