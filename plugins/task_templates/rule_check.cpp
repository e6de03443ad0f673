#include "task_templates/rule_check.hpp"

#include "fields/schema.hpp"
#include "rules/choices.hpp"

#include <fmt/format.h>

namespace task_templates {

std::vector<std::string> faults_of(const std::vector<Rule>& rules, foley::site::Shotgrid& shotgrid) {
    fields::Schema schema(shotgrid);
    rules::Choices choices(shotgrid);
    std::vector<std::string> faults;
    for (const auto& rule : rules) {
        const auto say = [&](const std::string& sentence) {
            if (!sentence.empty()) faults.push_back(fmt::format("rule {}: {}", rule.name, sentence));
        };
        const auto field = [&](const std::string& type, const std::string& path) {
            auto fault = schema.fault_of(type, fields::FieldPath(path));
            const bool known = fault.empty();
            say(fault);
            return known;
        };
        const auto condition = [&](const std::string& type, const fields::Condition& fields) {
            for (const auto& path : fields.paths())
                field(type, path.text());
        };
        for (const auto& name : rule.passed())
            field("Task", name);
        for (const char* link : {"task_template", "template_task"})
            field("Task", link);
        condition("Task", rule.only_if);
        condition("TaskTemplate", rule.when);
        for (const auto& type : rule.types) {
            field(type, "task_template");
            condition(type, rule.entities);
        }
        if (rule.on && field("TaskTemplate", rule.on->field)) {
            say(choices.fault_of("TaskTemplate", rule.on->field, rule.on->value));
            if (!rule.on->shown_reset.empty())
                say(choices.fault_of("TaskTemplate", rule.on->field, rule.on->shown_reset));
        }
    }
    return faults;
}

}  // namespace task_templates
