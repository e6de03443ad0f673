// UTF-8, a character at a time: for names and texts of sites, in which every byte can be anything.
//
// Well-formed is what RFC 3629 says: nothing overlong, no surrogates, nothing above U+10FFFF. Nothing here throws but
// what `each` of for_each does.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace foley::utf8 {

// What stands for bytes that are no character: U+FFFD.
inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// How many bytes at the start of `text` are one character; 0: none is, or the text is empty.
std::size_t character_size(std::string_view text) noexcept;

// Takes the first character off `text` and gives its code point. Nothing: its first byte begins none, and only that
// byte is taken off; or the text is empty.
std::optional<char32_t> take(std::string_view& text) noexcept;

bool is_valid(std::string_view text) noexcept;

// Calls `each` with every character, a piece of `text`; for each byte that belongs to none, with kReplacement.
template <typename Each>
void for_each(std::string_view text, const Each& each) {
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        each(size == 0 ? kReplacement : text.substr(0, size));
        text.remove_prefix(size == 0 ? 1 : size);
    }
}

}  // namespace foley::utf8
