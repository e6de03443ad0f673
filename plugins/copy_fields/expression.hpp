// Expression: what a field is calculated by: "ceil(sg_cut_duration / 24 * 1000)". The README explains it.
//
// Read once, into steps for a stack, so that what is calculated later neither recurses nor allocates by its depth.
// Immutable. Throws: std::invalid_argument while it is read, with the column of what is wrong; calculating throws
// nothing of its own.
#pragma once

#include "copy_fields/functions.hpp"
#include "copy_fields/operand.hpp"
#include "copy_fields/tables.hpp"
#include "fields/field_path.hpp"

#include <foley/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace copy_fields {

class Expression {
public:
    Expression(std::string_view text, const Tables& tables);

    const std::string& text() const noexcept { return text_; }
    // The fields in it, each once.
    const std::vector<fields::FieldPath>& paths() const noexcept { return paths_; }
    Gives gives() const noexcept { return gives_; }

    // Of an entity that was read with all the paths. Empty when a field that it needs is.
    Operand evaluate(const foley::json::Value& entity) const;

    // `expression "a / b": column 3: division by zero.`
    std::string explain(const Failure& failure) const;

    struct Step {
        enum class Kind { number, text, field, negate, add, subtract, multiply, divide, call, look_up };
        Kind kind = Kind::number;
        std::size_t column = 0;
        double number = 0;
        std::string text = {};
        std::size_t index = 0;               // of the path, or how many arguments
        const Function* function = nullptr;  // of call
        Table table = {};                    // of look_up
    };

private:
    Operand apply(const Step& step, std::span<const Operand> arguments) const;

    std::string text_;
    std::vector<Step> steps_;
    std::vector<fields::FieldPath> paths_;
    Gives gives_ = Gives::either;
};

}  // namespace copy_fields
