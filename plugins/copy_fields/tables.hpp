// Tables: texts to numbers, from the settings, which expressions look up: {rate: {USD: 0.92, EUR: 1}}.
#pragma once

#include <foley/json.hpp>

#include <map>
#include <string>

namespace copy_fields {

using Table = std::map<std::string, double, std::less<>>;
using Tables = std::map<std::string, Table, std::less<>>;

// Throws: std::invalid_argument, with a sentence.
Tables tables_of(const foley::json::Value& configured);

}  // namespace copy_fields
