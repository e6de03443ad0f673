// Operand: what an expression calculates with: nothing, a number, a text, or why there is none of them.
#pragma once

#include <foley/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace copy_fields {

// Whole numbers beyond this (2^53) are no longer all different as the numbers that are calculated with.
inline constexpr double kMostExact = 9007199254740992.0;

struct Failure {
    std::size_t column = 0;  // of the expression, from 1
    std::string what;        // a sentence
};

using Operand = std::variant<std::monostate, double, std::string, Failure>;

// A field's value; `name` is for the sentence when it is none to calculate with.
Operand operand_of(const foley::json::Value& value, std::string_view name);

// The number that a text is as a whole: "1.25". Nothing for anything else: "inf", "1,5", "0x10".
std::optional<double> number_in(std::string_view text);

// A number, or a text that is one. Throws std::domain_error, with a sentence.
double number_of(const Operand& operand);
// A number as people write it: 3, 0.3, and not 0.30000000000000004.
std::string text_of(const Operand& operand);

// The beginning of a long text, for a sentence.
std::string shortened(std::string_view text, std::size_t most = 40);

// What is a billionth away from a whole number is that number: 7 / 24 * 24 is 7.
double whole_if_close(double number);

}  // namespace copy_fields
