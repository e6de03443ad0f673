#include "copy_fields/calculated.hpp"

#include "copy_fields/field_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace copy_fields {
namespace {

struct Limits {
    std::string_view data_type;
    double least;
    double most;
    double factor;  // 10 to the power of its decimals
};

constexpr double kLeastWhole = std::numeric_limits<std::int32_t>::min();
constexpr double kMostWhole = std::numeric_limits<std::int32_t>::max();
constexpr double kMostFloat = 999999999.999999;
constexpr double kMostCurrency = 9999999999999.99;
constexpr std::array<Limits, 6> kLimits{{{"number", kLeastWhole, kMostWhole, 1},
                                         {"percent", kLeastWhole, kMostWhole, 1},
                                         {"duration", kLeastWhole, kMostWhole, 1},
                                         {"timecode", kLeastWhole, kMostWhole, 1},
                                         {"float", -kMostFloat, kMostFloat, 1e6},
                                         {"currency", -kMostCurrency, kMostCurrency, 100}}};

const Limits* limits_of(std::string_view data_type) {
    const auto* const found =
        std::find_if(kLimits.begin(), kLimits.end(), [&](const Limits& each) { return each.data_type == data_type; });
    return found == kLimits.end() ? nullptr : &*found;
}

bool is_word(std::string_view type) {
    return type == "text" || type == "list" || type == "status_list";
}

}  // namespace

bool can_calculate_with(std::string_view data_type) {
    return limits_of(data_type) != nullptr || is_word(data_type) || data_type == "checkbox" ||
           data_type == "calculated" || data_type == "summary";
}

bool takes(std::string_view data_type, Gives gives) {
    return is_word(data_type) || (limits_of(data_type) != nullptr && gives != Gives::text);
}

std::string calculated_for(const Operand& result, std::string_view data_type) {
    if (std::holds_alternative<std::monostate>(result)) return "null";
    const auto* const limits = limits_of(data_type);
    if (limits == nullptr) return foley::json::quote(text_of(result));
    const auto number = number_of(result);
    const auto kept = std::round(number * limits->factor) / limits->factor;
    if (!(kept >= limits->least && kept <= limits->most))
        throw std::domain_error(
            fmt::format("the result {} is more than a field of the type {} can hold.", text_of(number), data_type));
    if (limits->factor == 1) return fmt::format("{:.0f}", kept + 0.0);  // and not -0
    return fmt::format("{}", kept + 0.0);
}

}  // namespace copy_fields
