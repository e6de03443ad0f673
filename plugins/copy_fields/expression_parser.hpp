// ExpressionParser: the text of an expression as steps for a stack. Its length and depth are bounded.
//
// Throws: std::invalid_argument, with the column of what is wrong.
#pragma once

#include "copy_fields/expression.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace copy_fields {

// `expression "a +": column 4: …`, with a long text cut.
std::string explained(std::string_view text, std::size_t column, std::string_view what);

class ExpressionParser {
public:
    // Both must outlive it.
    ExpressionParser(std::string_view text, const Tables& tables) : text_(text), tables_(tables) {}

    Gives parse();
    std::vector<Expression::Step> steps;
    std::vector<fields::FieldPath> paths;

private:
    using Step = Expression::Step;
    Gives sum();
    Gives product();
    Gives factor();
    Gives primary();
    Gives number();
    Gives quoted();
    Gives name();
    Gives call(std::string_view name, std::size_t column);
    void field(std::string_view name, std::size_t column);

    char next();  // after blanks; 0: the end
    std::size_t column() const noexcept { return at_ + 1; }
    [[noreturn]] void refuse(std::size_t column, std::string_view what) const;

    std::string_view text_;
    const Tables& tables_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace copy_fields
