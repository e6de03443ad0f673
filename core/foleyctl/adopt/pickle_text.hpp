// How pickles spell texts and moments, as functions without state. Each gives nothing for what is no such text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace foley::core {

// Protocol 0's text: a byte is the character of that number, \uXXXX and \UXXXXXXXX the others.
std::optional<std::string> raw_unicode_text(std::string_view text);
// A text of Python 2 as its repr: in quotes, with backslashes.
std::optional<std::string> quoted_bytes(std::string_view text);
// Characters up to 255, one byte each.
std::optional<std::string> latin1_bytes(std::string_view utf8);
// The ten bytes of a datetime as "2026-11-21 09:30:00".
std::optional<std::string> moment_text(std::string_view bytes);

}  // namespace foley::core
