// The total of a field over several entities.
#pragma once

#include "copy_fields/rule.hpp"

#include <foley/json.hpp>

#include <string>
#include <vector>

namespace copy_fields {

// JSON text: of the values of `field` in those entities for which `rule.when` holds. Empty values count for nothing;
// without any, sum and count are 0, the others null. Dates have a smallest and a largest one.
std::string total_of(const Rule& rule, const foley::json::Value& entities);

}  // namespace copy_fields
