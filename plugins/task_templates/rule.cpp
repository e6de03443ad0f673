#include "task_templates/rule.hpp"

#include "rules/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace task_templates {

namespace json = foley::json;
using foley::site::shotgrid::Value;

namespace {

// What ties a task to its place. A copy of these would tie it to the template's.
constexpr std::array<std::string_view, 6> kTies{
    "id", "entity", "project", "task_template", "template_task", "upstream_tasks"};

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_fields(rules::Members& members, std::string_view member, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        if (name.find('.') != std::string::npos)
            members.refuse(fmt::format("{}: {}: it must be a field of the task itself.", member, name));
        if (std::find(kTies.begin(), kTies.end(), name) != kTies.end())
            members.refuse(fmt::format("{}: {} cannot be passed on: it ties a task to its place.", member, name));
    }
}

std::optional<Switch> read_switch(rules::Members& outer) {
    const auto& configured = outer.any("switch");
    if (configured.IsNull()) return std::nullopt;
    rules::Members members(fmt::format("{}, switch", outer.name()), configured);
    Switch out{members.required_text("field"), members.required_text("value"), nullptr, {}};
    out.shown_reset = members.text("reset");
    if (!out.shown_reset.empty()) out.reset = Value(out.shown_reset);
    members.finish();
    if (out.shown_reset == out.value) outer.refuse("switch: reset is the value that asks, so it would ask for ever.");
    if (out.field.find('.') != std::string::npos) outer.refuse("switch: field: it must be one of the template itself.");
    return out;
}

}  // namespace

std::vector<std::string> Rule::passed() const {
    auto names = fields;
    names.insert(names.end(), if_empty.begin(), if_empty.end());
    return names;
}

bool Rule::passes(std::string_view field) const {
    return holds(fields, field) || holds(if_empty, field);
}

bool Rule::concerned(const fields::Subject& subject) const {
    if (on) return subject.type == "TaskTemplate" && subject.attribute == on->field;
    if (subject.type != "Task") return false;
    if (subject.attribute.empty()) return create && (subject.action == "add" || subject.action == "revive");
    if (subject.attribute == "task_template") return create;
    // What it is made with goes with the making.
    return !subject.in_create && passes(subject.attribute);
}

Rule read_rule(const std::string& name, const json::Value& configured) {
    rules::Members members(name, configured);
    Rule rule;
    rule.name = name;
    rule.on = read_switch(members);
    rule.when = members.condition("when");
    rule.types = members.texts("types");
    rule.entities = members.condition("entities");
    rule.fields = members.texts("fields");
    rule.if_empty = members.texts("if_empty");
    rule.only_if = members.condition("only_if");
    rule.create = members.flag("create", true);
    rule.remove = members.flag("remove", false);
    rule.projects = {members.texts("projects"), members.texts("exclude_projects")};
    members.finish();
    if (rule.types.empty()) members.refuse("types is missing: the entity types whose tasks follow their template.");
    check_fields(members, "fields", rule.fields);
    check_fields(members, "if_empty", rule.if_empty);
    for (const auto& field : rule.if_empty) {
        if (holds(rule.fields, field)) members.refuse(fmt::format("{} is both in fields and in if_empty.", field));
    }
    if (rule.create && !rule.passes("content"))
        members.refuse("fields: content is missing: without it a task that is created has no name.");
    if (rule.passed().empty() && !rule.remove) members.refuse("fields is missing: what is passed on.");
    if (rule.remove && !rule.on) members.refuse("remove: it goes with switch only.");
    return rule;
}

}  // namespace task_templates
