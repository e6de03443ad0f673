#include "core/journal/sequence_ranges.hpp"

#include <algorithm>
#include <iterator>

namespace foley::core {

void SequenceRanges::insert(Sequence first, Sequence last) {
    std::uint64_t low = first.value;
    std::uint64_t high = last.value;
    auto next = ranges_.upper_bound(low);
    if (next != ranges_.begin()) {
        const auto before = std::prev(next);
        if (before->second + 1 >= low) {
            if (before->second >= high) return;
            low = before->first;
            next = before;
        }
    }
    while (next != ranges_.end() && next->first <= high + 1) {
        high = std::max(high, next->second);
        next = ranges_.erase(next);
    }
    ranges_.emplace_hint(next, low, high);
}

void SequenceRanges::erase(Sequence sequence) {
    const auto next = ranges_.upper_bound(sequence.value);
    if (next == ranges_.begin()) return;
    const auto range = std::prev(next);
    const auto [first, last] = *range;
    if (last < sequence.value) return;
    ranges_.erase(range);
    if (first < sequence.value) ranges_.emplace(first, sequence.value - 1);
    if (last > sequence.value) ranges_.emplace(sequence.value + 1, last);
}

void SequenceRanges::erase_through(Sequence last) {
    while (!ranges_.empty() && ranges_.begin()->first <= last.value) {
        const std::uint64_t end = ranges_.begin()->second;
        ranges_.erase(ranges_.begin());
        if (end > last.value) ranges_.emplace(last.value + 1, end);
    }
}

bool SequenceRanges::contains(Sequence sequence) const noexcept {
    const auto next = ranges_.upper_bound(sequence.value);
    return next != ranges_.begin() && std::prev(next)->second >= sequence.value;
}

std::uint64_t SequenceRanges::count() const noexcept {
    std::uint64_t total = 0;
    for (const auto& [first, last] : ranges_)
        total += last - first + 1;
    return total;
}

}  // namespace foley::core
