// An EventLogEntry of ShotGrid, as the API returns it or a webhook delivers it.
#include "readers.hpp"

#include <string_view>
#include <utility>

namespace foley::shape {
namespace {

// "Shotgun_Task_Change" -> "Task". Types of connection entities hold underscores themselves, so the first part and the
// last are taken off, not the text split. Empty for types that do not follow the rule.
std::string_view type_in_name(std::string_view event_type) {
    const auto first = event_type.find('_');
    const auto last = event_type.rfind('_');
    if (first == std::string_view::npos || last <= first) return {};
    if (event_type.substr(0, first) != "Shotgun") return {};
    return event_type.substr(first + 1, last - first - 1);
}

std::string_view action_in_name(std::string_view event_type) {
    const auto last = event_type.rfind('_');
    if (last == std::string_view::npos) return {};
    const std::string_view word = event_type.substr(last + 1);
    if (word == "New") return "add";
    if (word == "Change") return "update";
    if (word == "Retirement") return "remove";
    if (word == "Revival") return "revive";
    return {};
}

Entity read_link(const json::Value& link) {
    if (!link.IsObject()) return {};
    return {name_text(link, "type"), scalar_text(json::member(link, "id")), name_text(link, "name"), Value{link}};
}

// The entity that the event is about. `entity` turns null for all older events when the entity is retired, so `meta` is
// read first; but where `actual_attribute_changed` stands, `meta` speaks of the other end of a link.
Entity read_entity(const json::Value& payload, const json::Value& meta) {
    Entity entity = read_link(json::member(payload, "entity"));
    if (json::member(meta, "actual_attribute_changed").IsString()) {
        if (entity.type.empty()) entity.type = type_in_name(name_text(payload, "event_type"));
        return entity;
    }
    std::string type = name_text(meta, "entity_type");
    std::string id = scalar_text(json::member(meta, "entity_id"));
    if (type.empty() || id.empty() || (type == entity.type && id == entity.id)) return entity;
    return {std::move(type), std::move(id), name_text(meta, "display_name"), value_of(payload, "entity")};
}

User read_user(const json::Value& link) {
    Entity entity = read_link(link);
    return {std::move(entity.type), std::move(entity.id), std::move(entity.name)};
}

std::string read_attribute(const json::Value& payload, const json::Value& meta) {
    std::string attribute = name_text(payload, "attribute_name");
    return attribute.empty() ? name_text(meta, "attribute_name") : attribute;
}

}  // namespace

EventFacts read_shotgrid(const json::Value& payload) {
    const json::Value& meta = json::member(payload, "meta");
    EventFacts facts;
    facts.id = scalar_text(json::member(payload, "id"));
    facts.type = name_text(payload, "event_type");
    facts.user = read_user(json::member(payload, "user"));
    facts.actual_user = read_user(json::member(meta, "sudo_actual_user"));
    facts.session = name_text(payload, "session_uuid");
    facts.created_at = parse_timestamp(json::text_or_empty(payload, "created_at"));

    Change change;
    change.entity = read_entity(payload, meta);
    change.attribute = read_attribute(payload, meta);
    change.action = action_in_name(facts.type);
    change.old_value = value_of(meta, "old_value");
    change.new_value = value_of(meta, "new_value");
    change.added = value_of(meta, "added");
    change.removed = value_of(meta, "removed");

    const json::Value& project = json::member(payload, "project");
    ProjectCollector projects(facts);
    projects.add({scalar_text(json::member(project, "id")), name_text(project, "name")});
    // An event about a project has no project of its own.
    if (facts.projects.empty() && change.entity.type == "Project") {
        projects.add({change.entity.id, change.entity.name});
    }
    if (!change.entity.empty() || !change.attribute.empty()) facts.changes.push_back(std::move(change));
    return facts;
}

}  // namespace foley::shape
