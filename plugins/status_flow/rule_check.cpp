#include "status_flow/rule_check.hpp"

#include "fields/field_text.hpp"
#include "fields/schema.hpp"
#include "rules/choices.hpp"

#include <foley/json.hpp>

#include <fmt/format.h>

#include <utility>

namespace status_flow {

namespace json = foley::json;
using fields::FieldPath;

namespace {

class Check {
public:
    explicit Check(foley::site::Shotgrid& shotgrid) : schema_(shotgrid), choices_(shotgrid) {}

    void rule(const Rule& rule) {
        at_ = &rule;
        if (field(rule.from, rule.field)) {
            for (const auto& value : rule.values)
                choice(rule.from, rule.field, value);
        }
        condition(rule.from, rule.when);
        for (const auto& type : rule.types)
            target(rule, type);
        links(rule);
    }
    std::vector<std::string> faults;

private:
    void say(const std::string& sentence) { faults.push_back(fmt::format("rule {}: {}", at_->name, sentence)); }

    bool field(const std::string& type, const std::string& path) {
        const auto fault = schema_.fault_of(type, FieldPath(path));
        if (!fault.empty()) say(fault);
        return fault.empty();
    }
    void condition(const std::string& type, const fields::Condition& condition) {
        for (const auto& path : condition.paths())
            field(type, path.text());
    }

    void choice(const std::string& type, const std::string& name, const std::string& value) {
        const auto fault = choices_.fault_of(type, name, value);
        if (!fault.empty()) say(fault);
    }

    void target(const Rule& rule, const std::string& type) {
        for (const auto& assignment : rule.set) {
            if (!field(type, assignment.field)) continue;
            const auto value = [&](const foley::site::shotgrid::Value& set) {
                const auto text = fields::text_of(json::parse(set.json()));
                if (text) choice(type, assignment.field, *text);
            };
            if (assignment.value) value(*assignment.value);
            for (const auto& [changed, set] : assignment.by_value) {
                choice(rule.from, rule.field, changed);
                value(set);
            }
        }
        condition(type, rule.only_if);
        condition(type, rule.through);
    }

    void links(const Rule& rule) {
        switch (rule.to) {
            case To::self:
                return;
            case To::link:
                field(rule.from, rule.via);
                condition(rule.from, rule.all);
                condition(rule.from, rule.any);
                return;
            case To::children:
            case To::latest:
                field(rule.types.front(), rule.via);
                return;
            case To::next:
                field("Task", rule.by ? rule.by->text() : rule.via);
                condition("Task", rule.all);
                condition("Task", rule.any);
                return;
        }
    }

    fields::Schema schema_;
    rules::Choices choices_;
    const Rule* at_ = nullptr;
};

}  // namespace

std::vector<std::string> faults_of(const std::vector<Rule>& rules, foley::site::Shotgrid& shotgrid) {
    Check check(shotgrid);
    for (const auto& rule : rules)
        check.rule(rule);
    return std::move(check.faults);
}

}  // namespace status_flow
