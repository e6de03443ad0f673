#include "core/hosting/printable.hpp"

#include <array>
#include <cstdint>

namespace foley::core {
namespace {

// The length of the well-formed character at the start of `text`, 0 when there is none.
std::size_t character(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(0) < 0x80) return 1;
    const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return 0;
    std::uint32_t code = byte(0) & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        code = (code << 6) | (byte(i) & 0x3fU);
    }
    constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < kSmallest.at(length) || surrogate || code > 0x10ffff ? 0 : length;
}

// One well-formed character: C0 but tab and line feed, DEL, or C1, whose U+009B begins a terminal's orders as ESC [
// does.
bool is_control(std::string_view one) noexcept {
    const auto first = static_cast<unsigned char>(one.front());
    if (first < 0x20) return first != '\t' && first != '\n';
    return first == 0x7f || (first == 0xc2 && static_cast<unsigned char>(one[1]) < 0xa0);
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = character(text);
        if (length == 0 || is_control(text.substr(0, length))) {
            result += "\xef\xbf\xbd";
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = character(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text;
    // A character has at most three bytes after its first; with more it is no UTF-8, and cut anywhere.
    for (std::size_t cut = limit; cut > 0 && cut + 3 >= limit; --cut) {
        if ((static_cast<unsigned char>(text[cut]) & 0xc0) != 0x80) return text.substr(0, cut);
    }
    return text.substr(0, limit);
}

}  // namespace foley::core
