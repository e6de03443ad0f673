// Placeholders: the fields in the texts of a search, "{code}", and what a pattern takes out of them: with the pattern
// {code: "^([A-Z]+)_"}, "{code:1}" is what the first parentheses matched.
//
// Immutable. Throws: std::invalid_argument, with a sentence, while it is read.
#pragma once

#include "fields/field_path.hpp"

#include <foley/json.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace copy_fields {

class Placeholders {
public:
    Placeholders() = default;
    // A mapping of fields to patterns, or null.
    explicit Placeholders(const foley::json::Value& patterns);

    struct Place {
        fields::FieldPath path;
        std::optional<std::size_t> group;
    };
    Place place(std::string_view name) const;

    // Nothing when the field is empty, too long to be matched, or not as its pattern wants it.
    std::optional<std::string> value(const Place& place, const foley::json::Value& entity) const;

private:
    std::map<std::string, std::regex, std::less<>> patterns_;  // by field
};

}  // namespace copy_fields
