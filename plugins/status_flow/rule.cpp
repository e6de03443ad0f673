#include "status_flow/rule.hpp"

#include "rules/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace status_flow {

namespace json = foley::json;
using foley::site::shotgrid::Value;

namespace {

constexpr std::string_view kStatus = "sg_status_list";

void add(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void add(std::vector<std::string>& names, const fields::Condition& condition) {
    for (const auto& path : condition.paths())
        add(names, path.text());
}

// The words of `to`, and what each is short for.
void read_to(Rule& rule, rules::Members& members) {
    const auto to = members.word(
        "to", "self", {"self", "entity", "task", "tasks", "next_tasks", "latest_version", "link", "children"});
    const auto types = members.texts("types");
    const auto type_or = [&](const std::vector<std::string>& otherwise) { return types.empty() ? otherwise : types; };
    const auto via = members.text("via");
    const auto by = members.text("by");
    const bool own_via = to == "link" || to == "children";
    if (!via.empty() && !own_via) members.refuse("via: it goes with to: link and to: children only.");
    if (own_via && via.empty()) members.refuse("via is missing: the field that links the two.");
    if (own_via && types.empty()) members.refuse("types is missing: the entity types that are set.");
    if (!by.empty() && to != "next_tasks") members.refuse("by: it goes with to: next_tasks only.");
    if (to == "self") {
        rule.types = type_or({rule.from});
    } else if (to == "entity") {
        rule.to = To::link;
        rule.via = "entity";
        rule.types = type_or({"Shot", "Asset"});
    } else if (to == "task") {
        rule.to = To::link;
        rule.via = "sg_task";
        rule.types = type_or({"Task"});
    } else if (to == "tasks") {
        rule.to = To::children;
        rule.via = "entity";
        rule.types = type_or({"Task"});
    } else if (to == "latest_version") {
        rule.to = To::latest;
        rule.via = "sg_task";
        rule.types = type_or({"Version"});
    } else if (to == "next_tasks") {
        rule.to = To::next;
        rule.via = "upstream_tasks";
        rule.types = type_or({"Task"});
        if (rule.from != "Task") members.refuse("to: next_tasks: only a Task has next ones; from must be Task.");
        if (!by.empty()) rule.by.emplace(by);
    } else {
        rule.to = to == "link" ? To::link : To::children;
        rule.via = via;
        rule.types = types;
    }
    if (rule.to != To::link && rule.types.size() != 1) members.refuse("types: there can be only one here.");
    if (rule.to == To::self && rule.types.front() != rule.from)
        members.refuse(fmt::format("types: to: self sets the {} itself.", rule.from));
}

Value value_of(const json::Value& value, rules::Members& members, const std::string& field) {
    if (value.IsObject() || value.IsArray())
        members.refuse(fmt::format("set: {}: it must be a value, or a mapping of values.", field));
    return Value(value);
}

void read_set(Rule& rule, rules::Members& members) {
    const auto& set = members.any("set");
    if (!set.IsObject() || set.MemberCount() == 0)
        members.refuse("set is missing: write what is set as {sg_status_list: ip}.");
    for (const auto& member : set.GetObject()) {
        Assignment assignment;
        assignment.field = json::text_or_empty(member.name);
        if (assignment.field.find('.') != std::string::npos)
            members.refuse(fmt::format("set: {}: only a field of the entity itself can be set.", assignment.field));
        if (member.value.IsObject()) {
            for (const auto& one : member.value.GetObject())
                assignment.by_value.emplace(json::text_or_empty(one.name),
                                            value_of(one.value, members, assignment.field));
            if (assignment.by_value.empty()) members.refuse(fmt::format("set: {}: it is empty.", assignment.field));
        } else {
            assignment.value = value_of(member.value, members, assignment.field);
        }
        rule.set.push_back(std::move(assignment));
    }
}

}  // namespace

const Value* Assignment::for_value(std::string_view changed) const {
    if (value) return &*value;
    const auto found = by_value.find(changed);
    return found == by_value.end() ? nullptr : &found->second;
}

bool Rule::wants_value(std::string_view value) const {
    return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

std::vector<std::string> Rule::target_fields() const {
    std::vector<std::string> names;
    for (const auto& assignment : set)
        add(names, assignment.field);
    add(names, only_if);
    add(names, through);
    return names;
}

std::vector<std::string> Rule::source_fields() const {
    std::vector<std::string> names{field};
    add(names, when);
    if (to == To::link) add(names, via);
    if (by) {
        add(names, "entity");
        add(names, by->text());
    }
    return names;
}

std::vector<std::string> Rule::sibling_fields() const {
    std::vector<std::string> names;
    add(names, all);
    add(names, any);
    return names;
}

Rule read_rule(const std::string& name, const json::Value& configured) {
    rules::Members members(name, configured);
    Rule rule;
    rule.name = name;
    rule.from = members.required_text("from");
    rule.field = members.text("field", kStatus);
    rule.values = members.texts("values");
    rule.when = members.condition("when");
    read_to(rule, members);
    rule.through = members.condition("through");
    rule.all = members.condition("all");
    rule.any = members.condition("any");
    rule.only_if = members.condition("only_if");
    read_set(rule, members);
    rule.projects = {members.texts("projects"), members.texts("exclude_projects")};
    members.finish();
    if (rule.field.find('.') != std::string::npos) members.refuse("field: it must be a field of the entity itself.");
    if (!rule.through.empty() && rule.to != To::next) members.refuse("through: it goes with to: next_tasks only.");
    if (rule.asks_siblings() && rule.to != To::link && rule.to != To::next)
        members.refuse("all, any: they go with what has siblings: to: entity, task, link and next_tasks.");
    return rule;
}

}  // namespace status_flow
