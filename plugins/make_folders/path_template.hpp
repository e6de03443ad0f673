// PathTemplate: folders beneath the root with fields of an entity in them:
//
//     {project.tank_name}/{sg_sequence.Sequence.code}/{code}
//     {entity.folder}/{step.Step.short_name}
//
// "{link.folder}", at the beginning, is the folder of what that link leads to, by the template of its own type. Each
// value becomes part of one component, see safe_name.hpp. Immutable.
// Throws: std::invalid_argument, with a sentence.
#pragma once

#include "fields/field_path.hpp"
#include "fields/text_template.hpp"
#include "make_folders/safe_name.hpp"

#include <foley/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace make_folders {

class PathTemplate {
public:
    explicit PathTemplate(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    // The link whose folder it begins with.
    const std::optional<std::string>& base() const noexcept { return base_; }
    // All fields that it needs of the entity, as the site reads them; the base's link among them.
    std::vector<fields::FieldPath> paths() const;

    // Components joined with "/", beneath the base where there is one. Fields without a value are added to `missing`,
    // and then the result is of no use. Throws std::invalid_argument when a component comes to nothing, or is too long.
    std::string render(const foley::json::Value& entity, const Naming& naming, std::vector<std::string>& missing) const;

private:
    std::string text_;
    std::optional<std::string> base_;
    std::vector<fields::TextTemplate> components_;
};

}  // namespace make_folders
