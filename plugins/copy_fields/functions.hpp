// The functions that an expression can call.
#pragma once

#include "copy_fields/operand.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace copy_fields {

// What is known of a value before it is calculated.
enum class Gives { either, number, text };

struct Function {
    std::string_view name;
    std::size_t least;  // arguments
    std::size_t most;
    Gives gives;
    // Of arguments that are numbers and texts; with `takes_empty` also of empty ones. Throws std::domain_error, with a
    // sentence.
    Operand (*apply)(std::span<const Operand> arguments);
    bool takes_empty = false;
};

// Null: there is none.
const Function* function_named(std::string_view name);
// "abs, ceil, …", for people.
std::string function_names();

}  // namespace copy_fields
