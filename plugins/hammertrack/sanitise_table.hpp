// What each non-ASCII code point becomes in a file name: ascending ranges of code points, generated.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hammertrack {

struct SanitiseRange {
    std::uint32_t first;
    std::uint32_t last;
    bool counts;  // `text` is one character, which counts up with the code point
    std::string_view text;
};

std::span<const SanitiseRange> sanitise_table() noexcept;

}  // namespace hammertrack
