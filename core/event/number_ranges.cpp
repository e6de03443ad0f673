#include "core/event/number_ranges.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>

namespace foley::core {

void NumberRanges::insert(std::uint64_t first, std::uint64_t last) {
    std::uint64_t low = first;
    std::uint64_t high = last;
    auto next = ranges_.upper_bound(low);
    if (next != ranges_.begin()) {
        const auto before = std::prev(next);
        if (before->second >= low || before->second + 1 == low) {
            if (before->second >= high) return;
            low = before->first;
            next = before;
        }
    }
    while (next != ranges_.end() && (next->first <= high || next->first - 1 == high)) {
        high = std::max(high, next->second);
        next = ranges_.erase(next);
    }
    ranges_.emplace_hint(next, low, high);
}

void NumberRanges::erase(std::uint64_t number) {
    const auto next = ranges_.upper_bound(number);
    if (next == ranges_.begin()) return;
    const auto range = std::prev(next);
    const auto [first, last] = *range;
    if (last < number) return;
    ranges_.erase(range);
    if (first < number) ranges_.emplace(first, number - 1);
    if (last > number) ranges_.emplace(number + 1, last);
}

void NumberRanges::erase_through(std::uint64_t last) {
    while (!ranges_.empty() && ranges_.begin()->first <= last) {
        const std::uint64_t end = ranges_.begin()->second;
        ranges_.erase(ranges_.begin());
        if (end > last) ranges_.emplace(last + 1, end);
    }
}

void NumberRanges::erase_from(std::uint64_t first) {
    while (!ranges_.empty() && ranges_.rbegin()->second >= first) {
        const std::uint64_t begin = ranges_.rbegin()->first;
        ranges_.erase(std::prev(ranges_.end()));
        if (begin < first) ranges_.emplace(begin, first - 1);
    }
}

bool NumberRanges::contains(std::uint64_t number) const noexcept {
    const auto next = ranges_.upper_bound(number);
    return next != ranges_.begin() && std::prev(next)->second >= number;
}

std::uint64_t NumberRanges::count() const noexcept {
    std::uint64_t total = 0;
    for (const auto& [first, last] : ranges_)
        total += last - first + 1;
    return total;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_range(std::string_view text) noexcept {
    const auto dash = text.find('-');
    const auto first = decimal_id(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : decimal_id(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return std::pair(*first, *last);
}

std::optional<std::uint64_t> decimal_id(std::string_view id) noexcept {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
    return number;
}

}  // namespace foley::core
