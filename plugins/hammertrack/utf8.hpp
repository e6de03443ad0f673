// Reading UTF-8 one code point at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hammertrack {

// Takes the first code point off `text`, which must not be empty. Nothing: the first byte begins no code point
// (truncated, overlong, a surrogate, over U+10FFFF); then that one byte is taken off.
std::optional<std::uint32_t> take_code_point(std::string_view& text) noexcept;

bool is_utf8(std::string_view text) noexcept;

}  // namespace hammertrack
