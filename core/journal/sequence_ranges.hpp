// SequenceRanges: a set of sequence numbers kept as ranges, so a long run costs as much as one number.
//
// A value; not thread-safe.
#pragma once

#include "core/event/types.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace foley::core {

class SequenceRanges {
public:
    using Map = std::map<std::uint64_t, std::uint64_t>;  // first → last, both included; disjoint and not adjacent

    void insert(Sequence sequence) { insert(sequence, sequence); }
    void insert(Sequence first, Sequence last);
    void erase(Sequence sequence);
    void erase_through(Sequence last);
    void clear() noexcept { ranges_.clear(); }

    bool contains(Sequence sequence) const noexcept;
    bool empty() const noexcept { return ranges_.empty(); }
    std::uint64_t count() const noexcept;
    const Map& ranges() const noexcept { return ranges_; }

    friend bool operator==(const SequenceRanges&, const SequenceRanges&) = default;

private:
    Map ranges_;
};

}  // namespace foley::core
