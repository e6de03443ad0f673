// What was calculated, in the form of the field that gets it: whole numbers for most, two decimals for a currency, six
// for a float, as the site keeps them.
#pragma once

#include "copy_fields/functions.hpp"
#include "copy_fields/operand.hpp"

#include <string>
#include <string_view>

namespace copy_fields {

// Whether values of the data type can be calculated with.
bool can_calculate_with(std::string_view data_type);
// Whether a field of the data type takes what an expression gives, as far as that is known before.
bool takes(std::string_view data_type, Gives gives);

// JSON text; null for what is empty. Throws: std::domain_error, with a sentence, for what the field cannot hold.
std::string calculated_for(const Operand& result, std::string_view data_type);

}  // namespace copy_fields
