// Rule: one field that is kept as others say. The README explains each kind.
#pragma once

#include "copy_fields/expression.hpp"
#include "copy_fields/search.hpp"
#include "copy_fields/tables.hpp"
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
    copy,         // of the field `from`
    value,        // a constant
    stamp,        // when the event happened
    total,        // over all entities with the same link
    calculation,  // by an expression
    search,       // the entity that it finds
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
    std::shared_ptr<const Expression> expression;  // of calculation
    std::optional<Search> search;                  // of search
    fields::Condition when;
    std::vector<std::string> changed;  // it acts on a change of these own fields alone; none: of whatever it reads
    bool only_empty = false;
    bool clears = false;  // when nothing can be calculated or found; else the field is left alone
    bool adds = false;    // to a list of links, whatever others it has
    // What the schema says.
    std::string to_type;   // data type of `to`
    bool spreads = false;  // a link in `to` leads to several

    // The link to the entity that is written to, and its type: "entity" and "Shot" of entity.Shot.sg_x. Empty, and
    // `on`: the entity itself.
    std::string target_link() const { return to.link(); }
    const std::string& target_type() const { return to.hops().empty() ? on : to.hops().back().type; }
    // What its value comes from.
    std::vector<fields::FieldPath> sources() const;
    // All that is read of an entity of the type `on`.
    std::vector<std::string> fields() const;
    // Whether the event is about what the rule reads of an entity of the type `on`.
    bool concerned(const fields::Subject& subject) const;

    // A change of what a link leads to: another entity, to which many of the type `on` may link.
    struct Reach {
        std::string link;  // "sg_sequence", "sg_task.Task.entity"
        std::string path;  // that the rule reads
    };
    std::vector<Reach> reaches(const fields::Subject& subject) const;
};

// Throws: std::invalid_argument, with a sentence.
Rule rule_of(std::string name, const foley::json::Value& configured, const Tables& tables);

}  // namespace copy_fields
