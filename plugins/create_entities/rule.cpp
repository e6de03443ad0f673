#include "create_entities/rule.hpp"

#include "fields/field_text.hpp"
#include "rules/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace create_entities {

namespace json = foley::json;

namespace {

std::vector<Assignment> assignments(rules::Members& members, std::string_view member) {
    std::vector<Assignment> out;
    const auto& configured = members.any(member);
    if (configured.IsNull()) return out;
    if (!configured.IsObject()) members.refuse(fmt::format("{}: write it as {{field: value}}.", member));
    for (const auto& each : configured.GetObject()) {
        std::string field(json::text_or_empty(each.name));
        if (field.find('.') != std::string::npos)
            members.refuse(fmt::format("{}: {}: only a field of the entity itself can stand here.", member, field));
        try {
            out.push_back({std::move(field), Recipe(each.value), {}});
        } catch (const std::invalid_argument& error) {
            members.refuse(fmt::format("{}: {}: {}", member, json::text_or_empty(each.name), error.what()));
        }
    }
    return out;
}

}  // namespace

bool Rule::concerned(const fields::Subject& subject) const {
    if (subject.type != from) return false;
    return field.empty() ? subject.action == "add" && subject.attribute.empty() : subject.attribute == field;
}

bool Rule::wants(const json::Value& value) const {
    if (field.empty()) return true;
    if (values.empty()) return value.IsBool() ? value.GetBool() : fields::text_of(value).has_value();
    // As the configuration writes it: a checkbox is true or false.
    const auto text = value.IsBool() ? json::to_text(value) : fields::text_of(value).value_or("");
    return std::find(values.begin(), values.end(), text) != values.end();
}

std::vector<std::string> Rule::source_fields() const {
    std::set<std::string> names;
    if (!field.empty()) names.insert(field);
    for (const auto& path : when.paths())
        names.insert(path.text());
    for (const auto* list : {&set, &then, &unless}) {
        for (const auto& assignment : *list) {
            for (auto& path : assignment.recipe.paths())
                names.insert(std::move(path));
        }
    }
    return {names.begin(), names.end()};
}

Rule read_rule(const std::string& name, const json::Value& configured) {
    rules::Members members(name, configured);
    Rule rule;
    rule.name = name;
    rule.from = members.required_text("from");
    rule.field = members.text("field");
    rule.values = members.texts("values");
    rule.when = members.condition("when");
    rule.create = members.required_text("create");
    rule.set = assignments(members, "set");
    rule.then = assignments(members, "then");
    rule.unless = assignments(members, "unless");
    rule.projects = {members.texts("projects"), members.texts("exclude_projects")};
    members.finish();
    if (rule.set.empty())
        members.refuse("set is missing: write what the new one gets as {content: \"{description}\"}.");
    if (rule.field.find('.') != std::string::npos) members.refuse("field: it must be a field of the entity itself.");
    if (rule.field.empty() && !rule.values.empty()) members.refuse("values: they go with field only.");
    return rule;
}

}  // namespace create_entities
