#include <foley/utf8.hpp>

#include <cstdint>
#include <cstring>

namespace foley::utf8 {
namespace {

struct Lead {
    std::size_t length;  // of the whole sequence; 0: begins none
    char32_t bits;       // of the first byte
    char32_t smallest;   // code point that needs this length
};

Lead lead_of(unsigned char byte) noexcept {
    if (byte < 0x80U) return {1, byte, 0};
    if (byte >= 0xC2U && byte < 0xE0U) return {2, byte & 0x1FU, 0x80};
    if (byte >= 0xE0U && byte < 0xF0U) return {3, byte & 0x0FU, 0x800};
    if (byte >= 0xF0U && byte < 0xF5U) return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

struct Character {
    std::size_t size = 0;  // 0: there is none
    char32_t code = 0;
};

Character first_of(std::string_view text) noexcept {
    if (text.empty()) return {};
    const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
    if (lead.length == 0 || lead.length > text.size()) return {};
    char32_t code = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) != 0x80U) return {};
        code = (code << 6U) | (byte & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < lead.smallest || code > 0x10FFFF || surrogate) return {};
    return {lead.length, code};
}

// Nearly all of what sites send. A whole number of words; what is left of it is for the caller.
std::size_t ascii_at_start(std::string_view text) noexcept {
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    std::size_t size = 0;
    for (; size + sizeof(std::uint64_t) <= text.size(); size += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + size, sizeof word);
        if ((word & kHighBits) != 0) break;
    }
    return size;
}

}  // namespace

std::size_t character_size(std::string_view text) noexcept {
    return first_of(text).size;
}

std::optional<char32_t> take(std::string_view& text) noexcept {
    if (text.empty()) return std::nullopt;
    const Character first = first_of(text);
    text.remove_prefix(first.size == 0 ? 1 : first.size);
    return first.size == 0 ? std::nullopt : std::optional(first.code);
}

bool is_valid(std::string_view text) noexcept {
    while (true) {
        text.remove_prefix(ascii_at_start(text));
        if (text.empty()) return true;
        if (!take(text)) return false;
    }
}

}  // namespace foley::utf8
