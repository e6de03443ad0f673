#include "create_entities/rule_check.hpp"

#include "fields/schema.hpp"
#include "rules/choices.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace create_entities {

using fields::FieldPath;

namespace {

class Check {
public:
    explicit Check(foley::site::Shotgrid& shotgrid) : schema_(shotgrid), choices_(shotgrid) {}

    void rule(Rule& rule) {
        at_ = &rule;
        bool known = true;
        for (const auto& path : rule.source_fields())
            known = field(rule.from, path) && known;
        if (known && !rule.field.empty()) {
            for (const auto& value : rule.values)
                choice(rule.from, rule.field, value);
        }
        // What belongs to no project, of a type that has one, is out of everyone's reach.
        const FieldPath project("project");
        const bool has_project =
            std::any_of(rule.set.begin(), rule.set.end(), [](const auto& set) { return set.field == "project"; });
        if (!has_project && !schema_.data_type(rule.create, project).empty()) {
            if (schema_.data_type(rule.from, project).empty()) {
                say(fmt::format("set: project is missing: {} has none that {} could take over.", rule.from,
                                rule.create));
            } else {
                const auto own = foley::json::parse("\"{project}\"");
                rule.set.push_back({"project", Recipe(own), {}});
            }
        }
        assignments(rule.create, "set", rule.set);
        assignments(rule.create, "unless", rule.unless);
        assignments(rule.from, "then", rule.then);
        if (std::none_of(rule.set.begin(), rule.set.end(), [](const auto& set) {
                return set.field != "project" && (is_link(set.kind) || set.kind == "text");
            }))
            say(fmt::format("set: it names no link and no text by which a {} could be found again.", rule.create));
    }
    std::vector<std::string> faults;

private:
    void say(const std::string& sentence) { faults.push_back(fmt::format("rule {}: {}", at_->name, sentence)); }

    bool field(const std::string& type, const std::string& path) {
        const auto fault = schema_.fault_of(type, FieldPath(path));
        if (!fault.empty()) say(fault);
        return fault.empty();
    }

    void choice(const std::string& type, const std::string& name, const std::string& value) {
        const auto fault = choices_.fault_of(type, name, value);
        if (!fault.empty()) say(fault);
    }

    void assignments(const std::string& type, std::string_view member, std::vector<Assignment>& list) {
        for (auto& assignment : list) {
            if (!field(type, assignment.field)) continue;
            assignment.kind = schema_.data_type(type, FieldPath(assignment.field));
            const auto fault = assignment.recipe.fault_for(assignment.kind);
            if (!fault.empty()) say(fmt::format("{}: {}: {}", member, assignment.field, fault));
            const auto constant = assignment.recipe.constant();
            if (constant && !constant->empty()) choice(type, assignment.field, *constant);
        }
    }

    fields::Schema schema_;
    rules::Choices choices_;
    const Rule* at_ = nullptr;
};

bool sets(const std::vector<Assignment>& list, const std::string& field) {
    return std::any_of(list.begin(), list.end(), [&](const Assignment& assignment) {
        return assignment.field == field && assignment.recipe.constant() != "";
    });
}

// Whether what the first does is what the second waits for.
bool sets_off(const Rule& first, const Rule& second) {
    const bool created = second.from == first.create && (second.field.empty() || sets(first.set, second.field));
    const bool changed = second.from == first.from && !second.field.empty() && sets(first.then, second.field);
    return created || changed;
}

// The names of rules that lead back to the first of them; empty when it leads to none.
std::string circle_of(const std::vector<Rule>& rules, const Rule& start) {
    std::set<const Rule*> seen;
    const std::function<std::string(const Rule&)> follow = [&](const Rule& at) -> std::string {
        for (const auto& next : rules) {
            if (!sets_off(at, next)) continue;
            if (&next == &start) return at.name;
            if (!seen.insert(&next).second) continue;
            const auto rest = follow(next);
            if (!rest.empty()) return fmt::format("{}, {}", at.name, rest);
        }
        return {};
    };
    return follow(start);
}

}  // namespace

std::vector<std::string> resolve(std::vector<Rule>& rules, foley::site::Shotgrid& shotgrid) {
    Check check(shotgrid);
    for (auto& rule : rules)
        check.rule(rule);
    for (const auto& rule : rules) {
        const auto circle = circle_of(rules, rule);
        if (!circle.empty())
            check.faults.push_back(
                fmt::format("rule {}: it sets itself off without end, by way of {}.", rule.name, circle));
    }
    return std::move(check.faults);
}

}  // namespace create_entities
