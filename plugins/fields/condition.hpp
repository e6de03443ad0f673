// Condition: what the fields of an entity must be: {sg_status_list: [fin, apr], "entity.Shot.sg_status_list": "!omt"}.
//
// All of it must hold. Several values are alternatives; with "!" before it a value is one that the field must not have;
// an empty text or null stands for an empty field. A link is compared by its name, a list of links by each.
// Immutable. Throws: std::invalid_argument, with a sentence, while it is read.
#pragma once

#include "fields/field_path.hpp"

#include <foley/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace fields {

class Condition {
public:
    Condition() = default;  // holds always
    // `configured` is a mapping, or null.
    explicit Condition(const foley::json::Value& configured);

    bool empty() const noexcept { return clauses_.empty(); }
    std::vector<FieldPath> paths() const;
    // Of an entity that was read with all the paths.
    bool holds(const foley::json::Value& entity) const;
    // False when it names this field of the entity and says no to the value: what an event says that the field became.
    bool allows(std::string_view field, const foley::json::Value& value) const;

private:
    struct Clause {
        FieldPath path;
        std::vector<std::string> wanted;
        std::vector<std::string> unwanted;
        bool holds(const foley::json::Value& value) const;
    };
    std::vector<Clause> clauses_;
};

}  // namespace fields
