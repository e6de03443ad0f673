// Rule: which change sets what. The README explains each member of a rule.
//
// Immutable once read. Throws: std::invalid_argument, with a sentence that begins with the name of the rule.
#pragma once

#include "fields/condition.hpp"
#include "fields/field_path.hpp"
#include "fields/subject.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid_value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace status_flow {

// Which entities a rule sets, seen from the one that changed.
enum class To {
    self,
    link,      // what its field `via` leads to
    children,  // those of the first of `types` whose field `via` leads to it
    latest,    // the newest of those
    next,      // the tasks that come after it
};

// What a field is set to: one value, or one for each value that the changed field can have.
struct Assignment {
    std::string field;
    std::optional<foley::site::shotgrid::Value> value;
    std::map<std::string, foley::site::shotgrid::Value, std::less<>> by_value;

    // Nothing when there is none for this value of the changed field.
    const foley::site::shotgrid::Value* for_value(std::string_view changed) const;
};

struct Rule {
    std::string name;
    std::string from;                 // entity type
    std::string field;                // that changes
    std::vector<std::string> values;  // what it becomes; none: whatever
    fields::Condition when;           // of the entity that changed
    To to = To::self;
    std::vector<std::string> types;       // of what is set
    std::string via;                      // a field, see To
    std::optional<fields::FieldPath> by;  // of next: tasks of the same entity in the order of this field
    fields::Condition through;            // of next: tasks that are passed over
    fields::Condition all, any;           // of all siblings, of at least one; see Targets
    fields::Condition only_if;            // of what is set
    std::vector<Assignment> set;
    fields::Projects projects;

    // Whether the rule asks about siblings at all.
    bool asks_siblings() const { return !all.empty() || !any.empty(); }
    bool wants_value(std::string_view value) const;
    // All that is read of a target.
    std::vector<std::string> target_fields() const;
    // All that is read of the entity that changed.
    std::vector<std::string> source_fields() const;
    std::vector<std::string> sibling_fields() const;
};

Rule read_rule(const std::string& name, const foley::json::Value& configured);

}  // namespace status_flow
