// Comparison: a field of a search with a value that was read elsewhere, in the form that the field's type takes.
#pragma once

#include <foley/json.hpp>
#include <foley/site/shotgrid_filter.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace copy_fields {

bool is_link(std::string_view data_type);

// `wanted`: it is that, or one of those; else it is none of them. An empty value asks for an empty field. Nothing for
// what no value of the field can be: "abc" of a number.
std::optional<foley::site::shotgrid::Filter> comparison(const std::string& path, std::string_view data_type,
                                                        const foley::json::Value& value, bool wanted);

}  // namespace copy_fields
