// Rule: when the files of an entity become read-only, and where they lie. The README explains each member of a rule.
//
// Immutable once read. Throws: std::invalid_argument, with a sentence that begins with the name of the rule.
#pragma once

#include "fields/condition.hpp"
#include "fields/subject.hpp"
#include "fields/text_template.hpp"
#include "protect_final/tree.hpp"

#include <foley/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace protect_final {

struct Rule {
    std::string name;
    std::string type;                 // of entity
    std::string field;                // its status
    std::vector<std::string> values;  // that are final
    fields::Condition when;
    std::vector<fields::TextTemplate> paths;
    std::optional<ModeChange> release;  // when the status is final no more
    fields::Projects projects;

    bool is_final(std::string_view status) const;
    // All that is read of an entity.
    std::vector<std::string> read_fields() const;
    // Whether a change of this field matters: the status, or what the paths are made of.
    bool depends_on(std::string_view attribute) const;
};

Rule read_rule(const std::string& name, const foley::json::Value& configured);

// The path, of an entity that was read with the rule's fields. A value stands for one folder or file and holds no "/",
// but for one that the path begins with. Throws PathRefused when a value is missing or is none that may stand there.
std::string render(const fields::TextTemplate& path, const foley::json::Value& entity);

}  // namespace protect_final
