#include "core/config/units.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <utility>

namespace foley::core {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

// Large to small, so that what is written can be checked to fall.
constexpr std::array<Unit, 9> kDurationUnits{{{"w", 604800e6},
                                              {"d", 86400e6},
                                              {"h", 3600e6},
                                              {"min", 60e6},
                                              {"m", 60e6},
                                              {"s", 1e6},
                                              {"ms", 1e3},
                                              {"us", 1.0},
                                              {"µs", 1.0}}};
constexpr std::array<Unit, 9> kSizeUnits{{{"TiB", 0x1p40},
                                          {"TB", 1e12},
                                          {"GiB", 0x1p30},
                                          {"GB", 1e9},
                                          {"MiB", 0x1p20},
                                          {"MB", 1e6},
                                          {"KiB", 0x1p10},
                                          {"kB", 1e3},
                                          {"B", 1.0}}};
constexpr double kLongest = 1000.0 * 366 * 86400e6;
constexpr double kLargest = 0x1p62;

void skip_spaces(std::string_view& text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
}

// Takes a decimal number without a sign off the front.
std::optional<double> take_number(std::string_view& text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::string_view take_word(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && text[length] != ' ' && (text[length] < '0' || text[length] > '9'))
        ++length;
    const std::string_view word = text.substr(0, length);
    text.remove_prefix(length);
    return word;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) return &unit;
    }
    return nullptr;
}

// Takes exactly `digits` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc() || end != text.data() + digits || value < 0) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::microseconds> take_fraction(std::string_view& text) {
    std::int64_t value = 0;
    std::int64_t unit = 1'000'000;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (unit > 1) value += (text.front() - '0') * (unit /= 10);
        text.remove_prefix(1);
        ++digits;
    }
    if (digits == 0) return std::nullopt;
    return std::chrono::microseconds(value);
}

std::optional<std::chrono::microseconds> take_time_of_day(std::string_view& text) {
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    std::chrono::microseconds result = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
    if (!take(text, ":")) return result;
    const auto second = take_digits(text, 2);
    if (!second || *second > 59) return std::nullopt;
    result += std::chrono::seconds(*second);
    if (!take(text, ".")) return result;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    return result + *fraction;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (text.empty() || take(text, "Zz")) return std::chrono::minutes(0);
    const bool west = text.front() == '-';
    if (!take(text, "+-")) return std::nullopt;
    const auto hours = take_digits(text, 2);
    if (!hours || *hours > 23) return std::nullopt;
    take(text, ":");
    const auto minutes = text.empty() ? std::optional<int>(0) : take_digits(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return west ? -offset : offset;
}

}  // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::microseconds(0);
    double total = 0;
    double smallest = kLongest;
    bool any = false;
    for (skip_spaces(text); !text.empty(); skip_spaces(text)) {
        const auto number = take_number(text);
        skip_spaces(text);
        const Unit* unit = number ? find_unit(kDurationUnits, take_word(text)) : nullptr;
        if (unit == nullptr || unit->factor >= smallest) return std::nullopt;
        smallest = unit->factor;
        total += *number * unit->factor;
        any = true;
    }
    if (!any || total > kLongest) return std::nullopt;
    return std::chrono::microseconds(std::llround(total));
}

std::string format_duration(std::chrono::microseconds duration) {
    constexpr std::array<std::pair<std::int64_t, std::string_view>, 6> kUnits{
        {{86'400'000'000, "d"}, {3'600'000'000, "h"}, {60'000'000, "m"}, {1'000'000, "s"}, {1'000, "ms"}, {1, "us"}}};
    if (duration.count() == 0) return "0s";
    std::string text = duration.count() < 0 ? "-" : "";
    std::int64_t rest = std::abs(duration.count());
    for (const auto& [size, name] : kUnits) {
        if (rest < size) continue;
        if (!text.empty() && text != "-") text += ' ';
        text += fmt::format("{}{}", rest / size, name);
        rest %= size;
    }
    return text;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    skip_spaces(text);
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    skip_spaces(text);
    const std::string_view name = take_word(text);
    skip_spaces(text);
    const Unit* unit = find_unit(kSizeUnits, name.empty() ? "B" : name);
    if (unit == nullptr || !text.empty()) return std::nullopt;
    const double bytes = *number * unit->factor;
    if (bytes > kLargest) return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(bytes));
}

std::string format_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 5> kNames{"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kNames.size()) {
        value /= 1024;
        ++unit;
    }
    if (value == std::floor(value)) return fmt::format("{:.0f} {}", value, kNames[unit]);
    return fmt::format("{:.1f} {}", value, kNames[unit]);
}

std::optional<Timestamp> parse_time(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, "-")) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, "-")) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    Timestamp result = std::chrono::sys_days(date);
    if (text.empty()) return result;
    if (!take(text, "Tt ")) return std::nullopt;
    const auto time = take_time_of_day(text);
    const auto offset = time ? take_offset(text) : std::nullopt;
    if (!offset || !text.empty()) return std::nullopt;
    return result + *time - *offset;
}

std::string format_time(Timestamp time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
    const std::string text =
        fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds.time_since_epoch().count())));
    return milliseconds == 0 ? text + "Z" : fmt::format("{}.{:03}Z", text, milliseconds);
}

}  // namespace foley::core
