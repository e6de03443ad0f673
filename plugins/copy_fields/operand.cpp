#include "copy_fields/operand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace copy_fields {

namespace json = foley::json;

namespace {

constexpr double kClose = 1e-9;

}  // namespace

std::optional<double> number_in(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return {};
    return number;
}

Operand operand_of(const json::Value& value, std::string_view name) {
    if (value.IsNull()) return {};
    if (value.IsString()) {
        const auto text = json::text_or_empty(value);
        return text.empty() ? Operand() : Operand(std::string(text));
    }
    if (value.IsBool()) return value.GetBool() ? 1.0 : 0.0;
    const auto number = json::number(value);
    if (!number) return Failure{0, fmt::format("{} is neither a number nor a text.", name)};
    if (!(std::abs(*number) <= kMostExact))
        return Failure{0, fmt::format("{} is {}, too large to calculate with exactly.", name, json::to_text(value))};
    return *number;
}

double number_of(const Operand& operand) {
    if (const auto* number = std::get_if<double>(&operand)) return *number;
    const auto text = text_of(operand);
    const auto number = number_in(text);
    if (!number) throw std::domain_error(fmt::format("\"{}\" is no number.", shortened(text)));
    if (std::abs(*number) > kMostExact)
        throw std::domain_error(fmt::format("{} is too large to calculate with exactly.", shortened(text)));
    return *number;
}

std::string text_of(const Operand& operand) {
    if (const auto* text = std::get_if<std::string>(&operand)) return *text;
    const auto* number = std::get_if<double>(&operand);
    if (number == nullptr) return {};
    if (std::trunc(*number) == *number && std::abs(*number) <= kMostExact) return fmt::format("{:.0f}", *number + 0.0);
    return fmt::format("{:.15g}", *number);
}

std::string shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    // Not within a character.
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
        --most;
    return fmt::format("{}…", text.substr(0, most));
}

double whole_if_close(double number) {
    const auto whole = std::round(number);
    return std::abs(number - whole) <= kClose * std::max(1.0, std::abs(number)) ? whole : number;
}

}  // namespace copy_fields
