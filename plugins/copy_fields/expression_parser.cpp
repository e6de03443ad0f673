#include "copy_fields/expression_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace copy_fields {
namespace {

constexpr std::size_t kMostText = 2000;
constexpr std::size_t kMostDepth = 32;
constexpr std::size_t kShown = 80;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_of_name(char c) {
    return is_letter(c) || is_digit(c) || c == '.';
}

}  // namespace

std::string explained(std::string_view text, std::size_t column, std::string_view what) {
    return fmt::format("expression \"{}\": column {}: {}", shortened(text, kShown), column, what);
}

void ExpressionParser::refuse(std::size_t column, std::string_view what) const {
    throw std::invalid_argument(explained(text_, column, what));
}

char ExpressionParser::next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
        ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
}

Gives ExpressionParser::parse() {
    if (text_.size() > kMostText) refuse(kMostText + 1, fmt::format("it is longer than {} characters.", kMostText));
    const auto gives = sum();
    if (next() == ')') refuse(column(), "this \")\" closes nothing.");
    if (at_ < text_.size()) refuse(column(), "an operator is missing: + - * /.");
    return gives;
}

Gives ExpressionParser::sum() {
    auto gives = product();
    for (char c = next(); c == '+' || c == '-'; c = next()) {
        const auto at = column();
        ++at_;
        product();
        steps.push_back({.kind = c == '+' ? Step::Kind::add : Step::Kind::subtract, .column = at});
        gives = Gives::number;
    }
    return gives;
}

Gives ExpressionParser::product() {
    auto gives = factor();
    for (char c = next(); c == '*' || c == '/'; c = next()) {
        const auto at = column();
        ++at_;
        factor();
        steps.push_back({.kind = c == '*' ? Step::Kind::multiply : Step::Kind::divide, .column = at});
        gives = Gives::number;
    }
    return gives;
}

Gives ExpressionParser::factor() {
    std::size_t signs = 0, first = 0;
    for (char c = next(); c == '-' || c == '+'; c = next()) {
        if (c == '-' && signs++ == 0) first = column();
        ++at_;
    }
    const auto gives = primary();
    if (signs == 0) return gives;
    // Also of an even number: a text that is no number must not pass.
    steps.push_back({.kind = Step::Kind::negate, .column = first});
    if (signs % 2 == 0) steps.push_back({.kind = Step::Kind::negate, .column = first});
    return Gives::number;
}

Gives ExpressionParser::primary() {
    const char c = next();
    if (is_digit(c) || c == '.') return number();
    if (c == '"' || c == '\'') return quoted();
    if (is_letter(c)) return name();
    if (c != '(') refuse(column(), "a field, a number or \"(\" is missing.");
    const auto opened = column();
    if (++depth_ > kMostDepth) refuse(opened, fmt::format("it is nested deeper than {}.", kMostDepth));
    ++at_;
    const auto gives = sum();
    if (next() != ')') refuse(at_ < text_.size() ? column() : opened, "this \"(\" or what is in it is not closed.");
    ++at_;
    --depth_;
    return gives;
}

Gives ExpressionParser::number() {
    const auto at = column();
    auto end = at_;
    while (end < text_.size() && is_of_name(text_[end]))
        ++end;
    const auto word = text_.substr(at_, end - at_);
    const auto value = number_in(word);
    if (!value) refuse(at, fmt::format("\"{}\" is no number.", shortened(word)));
    if (std::abs(*value) > kMostExact)
        refuse(at, fmt::format("{} is too large to calculate with exactly.", shortened(word)));
    at_ = end;
    steps.push_back({.kind = Step::Kind::number, .column = at, .number = *value});
    return Gives::number;
}

Gives ExpressionParser::quoted() {
    const auto end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) refuse(column(), "this text is not closed.");
    steps.push_back(
        {.kind = Step::Kind::text, .column = column(), .text = std::string(text_.substr(at_ + 1, end - at_ - 1))});
    at_ = end + 1;
    return Gives::text;
}

Gives ExpressionParser::name() {
    const auto at = column();
    auto end = at_;
    while (end < text_.size() && is_of_name(text_[end]))
        ++end;
    const auto word = text_.substr(at_, end - at_);
    at_ = end;
    if (next() == '(') return call(word, at);
    field(word, at);
    return Gives::either;
}

void ExpressionParser::field(std::string_view name, std::size_t column) {
    try {
        const fields::FieldPath path(name);
        auto found = std::find(paths.begin(), paths.end(), path);
        if (found == paths.end()) found = paths.insert(found, path);
        steps.push_back(
            {.kind = Step::Kind::field, .column = column, .index = static_cast<std::size_t>(found - paths.begin())});
    } catch (const std::invalid_argument& error) {
        refuse(column, error.what());
    }
}

Gives ExpressionParser::call(std::string_view name, std::size_t column) {
    const auto* const function = function_named(name);
    const auto table = tables_.find(name);
    if (function == nullptr && table == tables_.end())
        refuse(column, fmt::format("there is no function and no table {}. Functions are {}.", shortened(name),
                                   function_names()));
    if (++depth_ > kMostDepth) refuse(column, fmt::format("it is nested deeper than {}.", kMostDepth));
    ++at_;  // the "("
    std::size_t count = 0;
    Gives gives = Gives::either;
    if (next() != ')') {
        for (;;) {
            const auto argument = sum();
            gives = count++ == 0 || gives == argument ? argument : Gives::either;
            if (next() != ',') break;
            ++at_;
        }
    }
    if (next() != ')') refuse(this->column(), fmt::format("\",\" or \")\" is missing in {}(…).", shortened(name)));
    ++at_;
    --depth_;
    const auto least = function == nullptr ? 1 : function->least, most = function == nullptr ? 1 : function->most;
    if (count < least || count > most)
        refuse(column,
               fmt::format("{} takes {} of them, not {}.", name,
                           least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most), count));
    if (function == nullptr) {
        steps.push_back({.kind = Step::Kind::look_up,
                         .column = column,
                         .text = std::string(name),
                         .index = count,
                         .table = table->second});
        return Gives::number;
    }
    steps.push_back({.kind = Step::Kind::call, .column = column, .index = count, .function = function});
    return function->gives == Gives::either ? gives : function->gives;
}

}  // namespace copy_fields
