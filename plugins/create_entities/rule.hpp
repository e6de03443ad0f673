// Rule: which change has what created. The README explains each member of a rule.
//
// Throws: std::invalid_argument, with a sentence that begins with the name of the rule.
#pragma once

#include "create_entities/recipe.hpp"
#include "fields/condition.hpp"
#include "fields/subject.hpp"

#include <foley/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace create_entities {

struct Assignment {
    std::string field;
    Recipe recipe;
    std::string kind;  // the field's data type, known once the site's schema was asked: "text", "multi_entity"
};

struct Rule {
    std::string name;
    std::string from;                 // entity type of the source
    std::string field;                // that changes; empty: the source is made
    std::vector<std::string> values;  // what it becomes; none: anything that is not empty
    fields::Condition when;           // of the source
    std::string create;               // entity type
    std::vector<Assignment> set;      // of what is created
    std::vector<Assignment> then;     // of the source, in the same request
    std::vector<Assignment> unless;   // what one that is there already has
    fields::Projects projects;

    // Whether the event is one that the rule follows, as far as the event says.
    bool concerned(const fields::Subject& subject) const;
    // Whether the present value of `field` is one that counts.
    bool wants(const foley::json::Value& value) const;
    // All that is read of the source.
    std::vector<std::string> source_fields() const;
};

Rule read_rule(const std::string& name, const foley::json::Value& configured);

}  // namespace create_entities
