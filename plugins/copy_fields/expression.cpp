#include "copy_fields/expression.hpp"

#include "copy_fields/expression_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace copy_fields {
namespace {

using Kind = Expression::Step::Kind;

std::size_t arity(const Expression::Step& step) {
    switch (step.kind) {
        case Kind::number:
        case Kind::text:
        case Kind::field:
            return 0;
        case Kind::negate:
            return 1;
        case Kind::add:
        case Kind::subtract:
        case Kind::multiply:
        case Kind::divide:
            return 2;
        case Kind::call:
        case Kind::look_up:
            break;
    }
    return step.index;
}

double arithmetic(Kind kind, double left, double right) {
    switch (kind) {
        case Kind::add:
            return left + right;
        case Kind::subtract:
            return left - right;
        case Kind::multiply:
            return left * right;
        default:
            break;
    }
    if (right == 0) throw std::domain_error("division by zero.");
    return left / right;
}

double looked_up(const Expression::Step& step, const Operand& key) {
    const auto text = text_of(key);
    const auto found = step.table.find(text);
    if (found == step.table.end())
        throw std::domain_error(fmt::format("the table {} has no \"{}\".", step.text, shortened(text)));
    return found->second;
}

Operand calculated(const Expression::Step& step, std::span<const Operand> arguments) {
    switch (step.kind) {
        case Kind::call:
            return step.function->apply(arguments);
        case Kind::look_up:
            return looked_up(step, arguments[0]);
        case Kind::negate:
            return -number_of(arguments[0]);
        default:
            return arithmetic(step.kind, number_of(arguments[0]), number_of(arguments[1]));
    }
}

}  // namespace

Expression::Expression(std::string_view text, const Tables& tables) : text_(text) {
    ExpressionParser parser(text_, tables);
    gives_ = parser.parse();
    steps_ = std::move(parser.steps);
    paths_ = std::move(parser.paths);
}

std::string Expression::explain(const Failure& failure) const {
    return explained(text_, failure.column, failure.what);
}

Operand Expression::apply(const Step& step, std::span<const Operand> arguments) const {
    if (step.kind != Kind::call || !step.function->takes_empty) {
        const auto failed = std::find_if(arguments.begin(), arguments.end(),
                                         [](const auto& each) { return std::holds_alternative<Failure>(each); });
        if (failed != arguments.end()) return *failed;
        if (std::any_of(arguments.begin(), arguments.end(),
                        [](const auto& each) { return std::holds_alternative<std::monostate>(each); }))
            return {};
    }
    try {
        auto result = calculated(step, arguments);
        const auto* number = std::get_if<double>(&result);
        if (number != nullptr && !std::isfinite(*number)) return Failure{step.column, "the result is too large."};
        return result;
    } catch (const std::domain_error& error) {
        return Failure{step.column, error.what()};
    }
}

Operand Expression::evaluate(const foley::json::Value& entity) const {
    std::vector<Operand> stack;
    stack.reserve(steps_.size());
    for (const auto& step : steps_) {
        Operand value;
        if (step.kind == Kind::number) {
            value = step.number;
        } else if (step.kind == Kind::text) {
            if (!step.text.empty()) value = step.text;
        } else if (step.kind == Kind::field) {
            const auto& name = paths_[step.index].text();
            value = operand_of(foley::json::member(entity, name), name);
            if (auto* failure = std::get_if<Failure>(&value)) failure->column = step.column;
        } else {
            const auto count = arity(step);
            value = apply(step, std::span(stack).last(count));
            stack.resize(stack.size() - count);
        }
        stack.push_back(std::move(value));
    }
    return stack.back();
}

}  // namespace copy_fields
