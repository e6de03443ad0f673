// Rule: what of a task template goes to the entities that use it. The README explains each member of a rule.
//
// Immutable once read. Throws: std::invalid_argument, with a sentence that begins with the name of the rule.
#pragma once

#include "fields/condition.hpp"
#include "fields/subject.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid_value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace task_templates {

// A field of the template by which someone asks for all of it to be passed on.
struct Switch {
    std::string field;
    std::string value;                   // that asks
    foley::site::shotgrid::Value reset;  // what it is afterwards
    std::string shown_reset;
};

struct Rule {
    std::string name;
    std::optional<Switch> on;           // none: what changes in the template is passed on at once
    fields::Condition when;             // of the template
    std::vector<std::string> types;     // of the entities that use it
    fields::Condition entities;         // of those
    std::vector<std::string> fields;    // of the tasks that are as the template says
    std::vector<std::string> if_empty;  // those that only begin so
    fields::Condition only_if;          // of a task that is changed or removed
    bool create = true;                 // tasks that are missing
    bool remove = false;                // tasks that the template does not have
    fields::Projects projects;

    // Both kinds, as they are passed on.
    std::vector<std::string> passed() const;
    bool passes(std::string_view field) const;
    // Whether the event is one that the rule follows, as far as the event says.
    bool concerned(const fields::Subject& subject) const;
};

Rule read_rule(const std::string& name, const foley::json::Value& configured);

}  // namespace task_templates
