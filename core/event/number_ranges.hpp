// NumberRanges: a set of numbers kept as ranges, so a long run costs as much as one number. Sequences are kept so, and
// ids of sources whose ids are numbers.
//
// A value; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace foley::core {

class NumberRanges {
public:
    using Map = std::map<std::uint64_t, std::uint64_t>;  // first → last, both included; disjoint and not adjacent

    void insert(std::uint64_t number) { insert(number, number); }
    void insert(std::uint64_t first, std::uint64_t last);
    void erase(std::uint64_t number);
    void erase_through(std::uint64_t last);
    void erase_from(std::uint64_t first);
    void clear() noexcept { ranges_.clear(); }

    bool contains(std::uint64_t number) const noexcept;
    bool empty() const noexcept { return ranges_.empty(); }
    std::uint64_t count() const noexcept;
    const Map& ranges() const noexcept { return ranges_; }

    friend bool operator==(const NumberRanges&, const NumberRanges&) = default;

private:
    Map ranges_;
};

// A number or a range as one writes it, "101" or "110-120": the first and the last. Nothing: neither.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_range(std::string_view text) noexcept;

// The number that a source's id is, when it is one: decimal digits alone.
std::optional<std::uint64_t> decimal_id(std::string_view id) noexcept;

}  // namespace foley::core
