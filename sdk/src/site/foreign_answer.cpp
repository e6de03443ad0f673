#include "foreign_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace foley::site {

namespace {

// The whole text as a number.
std::optional<unsigned> number_of(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string head_of(std::string_view text) {
    std::string out(text.substr(0, kHead));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return out;
}

std::optional<std::chrono::seconds> retry_after(const Response& response) {
    const auto seconds = number_of(response.header("Retry-After").value_or(""));
    if (!seconds || *seconds > 86400) return std::nullopt;
    return std::chrono::seconds(*seconds);
}

std::optional<std::chrono::sys_seconds> date_of(const Response& response) {
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::string_view kForm = "Wed, 25 Nov 2026 20:43:30 GMT";
    const auto text = response.header("Date").value_or("");
    if (text.size() != kForm.size() || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
        text[16] != ' ' || text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT")
        return std::nullopt;
    const auto* const month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    const auto day = number_of(text.substr(5, 2));
    const auto year = number_of(text.substr(12, 4));
    const auto hour = number_of(text.substr(17, 2));
    const auto minute = number_of(text.substr(20, 2));
    const auto second = number_of(text.substr(23, 2));
    if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                           std::chrono::day(*day)};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

}  // namespace foley::site
