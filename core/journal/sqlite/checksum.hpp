// Checksum: the sum over the columns of a row, in a fixed order, that every row of the journal carries. XXH3 (64 bits),
// chained: the sum so far seeds the next part. Stored: neither the order nor the parts may change. See docs/journal.md.
#pragma once

#include "core/event/types.hpp"

#include <cstdint>
#include <string_view>

namespace foley::core {

class Checksum {
public:
    // Which table the row is of, so that a row of one cannot pass for a row of another. Stored: never renumber.
    enum class Table : std::uint64_t {
        state = 1,
        source = 2,
        event = 3,
        aside = 4,
        consumer = 5,
        backlog = 6,
        dead_letter = 7,
        store = 8,
        imported = 9
    };

    explicit Checksum(Table table) noexcept : sum_(static_cast<std::uint64_t>(table)) {}

    Checksum& add(std::uint64_t number) noexcept;
    Checksum& add(std::string_view bytes) noexcept;  // its length, then itself
    Checksum& add(Sequence sequence) noexcept { return add(sequence.value); }
    Checksum& add(Timestamp time) noexcept { return add(static_cast<std::uint64_t>(time.time_since_epoch().count())); }

    std::int64_t value() const noexcept { return static_cast<std::int64_t>(sum_); }

private:
    std::uint64_t sum_;
};

}  // namespace foley::core
