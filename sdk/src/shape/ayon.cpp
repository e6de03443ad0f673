// An event of the AYON server. Its topic says what happened to what: "entity.task.status_changed".
#include "readers.hpp"

#include <string_view>
#include <unordered_set>
#include <utility>

namespace foley::shape {
namespace {

struct Topic {
    std::string_view type;  // "task"
    std::string_view what;  // "status_changed"
};

Topic split_topic(std::string_view topic) {
    constexpr std::string_view kEntity = "entity.";
    if (!topic.starts_with(kEntity)) return {};
    topic.remove_prefix(kEntity.size());
    const auto dot = topic.find('.');
    if (dot == std::string_view::npos) return {};
    return {topic.substr(0, dot), topic.substr(dot + 1)};
}

std::string_view action_of(std::string_view what) {
    if (what == "created") return "add";
    if (what == "deleted") return "remove";
    return "update";
}

std::string_view attribute_of(std::string_view what) {
    constexpr std::string_view kChanged = "_changed";
    if (what == "renamed") return "name";
    return what.ends_with(kChanged) ? what.substr(0, what.size() - kChanged.size()) : std::string_view{};
}

Entity read_entity(const json::Value& payload, std::string_view type) {
    const json::Value& summary = json::member(payload, "summary");
    const json::Value& deleted = json::find(payload, "payload", "entityData");
    Entity entity;
    entity.type = type;
    entity.id = scalar_text(json::member(summary, "entityId"));
    if (entity.id.empty()) entity.id = scalar_text(json::member(deleted, "id"));
    // A project has no id but its name.
    if (entity.id.empty() && type == "project") entity.id = name_text(payload, "project");
    entity.name = name_text(deleted, "name");
    entity.json = value_of(payload, "summary");
    return entity;
}

// "attrib_changed" holds only the keys that changed, those that were removed as null.
void add_attributes(EventFacts& facts, const Change& base, const json::Value& old_values,
                    const json::Value& new_values) {
    const MemberIndex old_index = index_members(old_values);
    const MemberIndex new_index = index_members(new_values);
    std::unordered_set<std::string_view> seen;
    for (const json::Value* values : {&new_values, &old_values}) {
        if (!values->IsObject()) continue;
        for (const auto& each : values->GetObject()) {
            const std::string_view key = json::text_or_empty(each.name);
            if (key.empty() || key.size() > kLongestName || !seen.insert(key).second) continue;
            Change change = base;
            change.attribute = key;
            change.old_value = value_at(old_index, key);
            change.new_value = value_at(new_index, key);
            facts.changes.push_back(std::move(change));
        }
    }
    if (seen.empty()) facts.changes.push_back(base);
}

}  // namespace

EventFacts read_ayon(const json::Value& payload) {
    EventFacts facts;
    facts.id = scalar_text(json::member(payload, "id"));
    facts.type = name_text(payload, "topic");
    facts.user.name = name_text(payload, "user");
    facts.session = name_text(payload, "sender");
    facts.created_at = parse_timestamp(json::text_or_empty(payload, "createdAt"));
    const std::string project = name_text(payload, "project");
    ProjectCollector(facts).add({project, project});

    const auto [type, what] = split_topic(facts.type);
    if (type.empty()) return facts;
    const json::Value& body = json::member(payload, "payload");
    Change change;
    change.entity = read_entity(payload, type);
    change.action = action_of(what);
    change.attribute = attribute_of(what);
    change.old_value = value_of(body, "oldValue");
    change.new_value = value_of(body, "newValue");
    if (change.attribute == "attrib") {
        add_attributes(facts, change, json::member(body, "oldValue"), json::member(body, "newValue"));
    } else {
        facts.changes.push_back(std::move(change));
    }
    return facts;
}

}  // namespace foley::shape
