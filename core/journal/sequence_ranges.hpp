// SequenceRanges: a set of sequence numbers kept as ranges, so a long run costs as much as one number.
//
// A value; not thread-safe.
#pragma once

#include "core/event/number_ranges.hpp"
#include "core/event/types.hpp"

#include <cstdint>

namespace foley::core {

class SequenceRanges {
public:
    using Map = NumberRanges::Map;

    void insert(Sequence sequence) { numbers_.insert(sequence.value); }
    void insert(Sequence first, Sequence last) { numbers_.insert(first.value, last.value); }
    void erase(Sequence sequence) { numbers_.erase(sequence.value); }
    void erase_through(Sequence last) { numbers_.erase_through(last.value); }
    void clear() noexcept { numbers_.clear(); }

    bool contains(Sequence sequence) const noexcept { return numbers_.contains(sequence.value); }
    bool empty() const noexcept { return numbers_.empty(); }
    std::uint64_t count() const noexcept { return numbers_.count(); }
    const Map& ranges() const noexcept { return numbers_.ranges(); }

    friend bool operator==(const SequenceRanges&, const SequenceRanges&) = default;

private:
    NumberRanges numbers_;
};

}  // namespace foley::core
