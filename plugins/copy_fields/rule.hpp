// Rule: one field that is kept as others say. The README explains each kind.
#pragma once

#include "fields/condition.hpp"
#include "fields/field_path.hpp"
#include "fields/subject.hpp"

#include <foley/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace copy_fields {

enum class Kind {
    copy,   // of the field `from`
    value,  // a constant
    stamp,  // when the event happened
    total,  // over all entities with the same link
};

enum class Total { sum, min, max, average, count };

struct Rule {
    std::string name;
    std::string on;  // entity type
    Kind kind = Kind::copy;
    fields::FieldPath to{"id"};
    std::optional<fields::FieldPath> from;               // of copy and total
    std::shared_ptr<const foley::json::Document> value;  // of value
    Total total = Total::sum;
    fields::Condition when;
    bool only_empty = false;

    // The link to the entity that is written to, and its type: "entity" and "Shot" of entity.Shot.sg_x. Empty, and
    // `on`: the entity itself.
    std::string target_link() const { return to.link(); }
    const std::string& target_type() const { return to.hops().empty() ? on : to.hops().back().type; }
    // All that is read of an entity of the type `on`.
    std::vector<std::string> fields() const;
    // Whether the event is about what the rule reads of an entity of the type `on`.
    bool concerned(const fields::Subject& subject) const;
    // Whether it is a change of what `from` leads to: another entity, of which many of the type `on` may read.
    bool concerned_from_afar(const fields::Subject& subject) const;
};

// Throws: std::invalid_argument, with a sentence.
Rule rule_of(std::string name, const foley::json::Value& configured);

}  // namespace copy_fields
