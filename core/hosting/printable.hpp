// What a plugin wrote, made fit for logs and JSON.
#pragma once

#include <string>
#include <string_view>

namespace foley::core {

// Valid UTF-8: what is not becomes U+FFFD. Control characters (C0, DEL and C1) other than tab and line feed become
// U+FFFD too, so no plugin can drive an operator's terminal.
std::string printable(std::string_view text);

bool is_utf8(std::string_view text) noexcept;

// The longest prefix of at most `limit` bytes that does not end within a character.
std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept;

}  // namespace foley::core
