// Foley's own shape, for whatever writes a line for the file source:
//
//     {"id": "…", "type": "render.done", "project": {"id": "70", "name": "Demo"}, "user": "ann",
//      "created_at": "2026-03-31T15:26:16Z", "session": "…",
//      "entity": {"type": "Shot", "id": "860", "name": "sh010"}, "action": "update",
//      "attribute": "status", "old": "wtg", "new": "ip"}
//
// Several changes stand in "changes", each with the members of the last two lines; what a change leaves out is that of
// the event. Every member may be left out.
#include "readers.hpp"

#include <utility>

namespace foley::shape {
namespace {

Entity read_entity(const json::Value& value) {
    return {name_text(value, "type"), scalar_text(json::member(value, "id")), name_text(value, "name"),
            value.IsObject() ? Value{value} : Value{}};
}

Change read_change(const json::Value& value, const Change& base) {
    Change change = base;
    const json::Value& entity = json::member(value, "entity");
    if (entity.IsObject()) change.entity = read_entity(entity);
    if (auto action = name_text(value, "action"); !action.empty()) change.action = std::move(action);
    if (auto attribute = name_text(value, "attribute"); !attribute.empty()) change.attribute = std::move(attribute);
    change.old_value = value_of(value, "old");
    change.new_value = value_of(value, "new");
    change.added = value_of(value, "added");
    change.removed = value_of(value, "removed");
    return change;
}

// A name alone, or {"id", "name", "type"}.
User read_user(const json::Value& value) {
    if (value.IsString()) return {{}, {}, name_text(value)};
    return {name_text(value, "type"), scalar_text(json::member(value, "id")), name_text(value, "name")};
}

}  // namespace

EventFacts read_plain(const json::Value& payload) {
    EventFacts facts;
    facts.id = scalar_text(json::member(payload, "id"));
    facts.type = name_text(payload, "type");
    facts.user = read_user(json::member(payload, "user"));
    facts.session = name_text(payload, "session");
    facts.created_at = parse_timestamp(json::text_or_empty(payload, "created_at"));

    ProjectCollector projects(facts);
    const json::Value& project = json::member(payload, "project");
    if (project.IsObject()) {
        projects.add({scalar_text(json::member(project, "id")), scalar_text(json::member(project, "name"))});
    } else {
        projects.add({scalar_text(project), {}});
    }

    const Change base = read_change(payload, {});
    const json::Value& changes = json::member(payload, "changes");
    if (changes.IsArray() && !changes.Empty()) {
        for (const auto& change : changes.GetArray()) {
            if (change.IsObject()) facts.changes.push_back(read_change(change, base));
        }
    } else if (!base.entity.empty() || !base.attribute.empty()) {
        facts.changes.push_back(base);
    }
    return facts;
}

}  // namespace foley::shape
