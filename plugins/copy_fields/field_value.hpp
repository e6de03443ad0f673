// What a field gets, in the form of its own data type, and whether that is what it has.
#pragma once

#include <foley/json.hpp>
#include <foley/shape.hpp>

#include <string>
#include <string_view>

namespace copy_fields {

// Whether a field of one data type can be written with the value of another; a text can with any.
bool fits(std::string_view from, std::string_view to);

// JSON text of `value` for a field of that data type: links by type and id alone, a date of a time, a text of anything.
std::string for_field(const foley::json::Value& value, std::string_view data_type);

// The time as a date by the time zone of this process, or as a date_time.
std::string stamp_for(foley::Timestamp at, std::string_view data_type);

// Whether a field that has `present` need not be written. Links are compared by what they lead to, in any order;
// numbers as numbers.
bool is_same(const foley::json::Value& present, const foley::json::Value& wanted);

bool is_empty(const foley::json::Value& present);

}  // namespace copy_fields
