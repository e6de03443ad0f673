// A field's value as text, as people would write it: a link is its name, several are joined with ", ", a checkbox is
// yes or no. Nothing for a field that is empty.
#pragma once

#include <foley/json.hpp>

#include <optional>
#include <string>

namespace fields {

std::optional<std::string> text_of(const foley::json::Value& value);

}  // namespace fields
