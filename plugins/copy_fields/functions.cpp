#include "copy_fields/functions.hpp"

#include "copy_fields/timecode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace copy_fields {
namespace {

using Arguments = std::span<const Operand>;

constexpr std::size_t kMost = 16;  // of those that take any number
constexpr double kMostDigits = 9;

double whole(const Operand& operand, std::string_view what) {
    const auto number = whole_if_close(number_of(operand));
    if (std::trunc(number) != number || std::abs(number) > kMostExact)
        throw std::domain_error(fmt::format("{} is no whole number of {}.", text_of(operand), what));
    return number;
}

Operand absolute(Arguments given) {
    return std::abs(number_of(given[0]));
}

Operand ceiling(Arguments given) {
    return std::ceil(whole_if_close(number_of(given[0])));
}

Operand floor_of(Arguments given) {
    return std::floor(whole_if_close(number_of(given[0])));
}

Operand round_of(Arguments given) {
    const auto digits = given.size() < 2 ? 0.0 : whole(given[1], "digits");
    if (digits < 0 || digits > kMostDigits) throw std::domain_error("round takes 0 to 9 digits.");
    const auto factor = std::pow(10.0, digits);
    const auto number = number_of(given[0]);
    const auto scaled = number * factor;
    // Without a fraction left, there is nothing to round.
    return std::abs(scaled) >= kMostExact ? number : std::round(scaled) / factor;
}

Operand least_of(Arguments given) {
    auto found = number_of(given[0]);
    for (const auto& each : given.subspan(1))
        found = std::min(found, number_of(each));
    return found;
}

Operand most_of(Arguments given) {
    auto found = number_of(given[0]);
    for (const auto& each : given.subspan(1))
        found = std::max(found, number_of(each));
    return found;
}

// The first that is not empty. One that failed counts when it is reached.
Operand first_of(Arguments given) {
    for (const auto& each : given) {
        if (!std::holds_alternative<std::monostate>(each)) return each;
    }
    return {};
}

Operand timecode(Arguments given) {
    return timecode_of(static_cast<std::int64_t>(whole(given[0], "frames")), number_of(given[1]), Counting::every);
}

Operand drop_timecode(Arguments given) {
    return timecode_of(static_cast<std::int64_t>(whole(given[0], "frames")), number_of(given[1]), Counting::drop);
}

Operand frames(Arguments given) {
    return static_cast<double>(frames_of(text_of(given[0]), number_of(given[1])));
}

constexpr std::array<Function, 10> kFunctions{{{"abs", 1, 1, Gives::number, absolute},
                                               {"ceil", 1, 1, Gives::number, ceiling},
                                               {"drop_timecode", 2, 2, Gives::text, drop_timecode},
                                               {"floor", 1, 1, Gives::number, floor_of},
                                               {"frames", 2, 2, Gives::number, frames},
                                               {"max", 1, kMost, Gives::number, most_of},
                                               {"min", 1, kMost, Gives::number, least_of},
                                               {"or", 2, kMost, Gives::either, first_of, true},
                                               {"round", 1, 2, Gives::number, round_of},
                                               {"timecode", 2, 2, Gives::text, timecode}}};

}  // namespace

const Function* function_named(std::string_view name) {
    const auto* const found =
        std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& each) { return each.name == name; });
    return found == kFunctions.end() ? nullptr : &*found;
}

std::string function_names() {
    std::string names;
    for (const auto& each : kFunctions)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
    return names;
}

}  // namespace copy_fields
