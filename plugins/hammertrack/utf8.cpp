#include "hammertrack/utf8.hpp"

#include <cstddef>

namespace hammertrack {
namespace {

struct Lead {
    std::size_t length;      // of the whole sequence; 0: begins none
    std::uint32_t bits;      // of the first byte
    std::uint32_t smallest;  // code point that needs this length
};

Lead lead_of(unsigned char byte) noexcept {
    if (byte < 0x80U) return {1, byte, 0};
    if (byte >= 0xC2U && byte < 0xE0U) return {2, byte & 0x1FU, 0x80};
    if (byte >= 0xE0U && byte < 0xF0U) return {3, byte & 0x0FU, 0x800};
    if (byte >= 0xF0U && byte < 0xF5U) return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

}  // namespace

std::optional<std::uint32_t> take_code_point(std::string_view& text) noexcept {
    const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
    bool good = lead.length != 0 && lead.length <= text.size();
    std::uint32_t code = lead.bits;
    for (std::size_t i = 1; good && i < lead.length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        good = (byte & 0xC0U) == 0x80U;
        code = (code << 6U) | (byte & 0x3FU);
    }
    good = good && code >= lead.smallest && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
    text.remove_prefix(good ? lead.length : 1);
    if (!good) return std::nullopt;
    return code;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        if (!take_code_point(text)) return false;
    }
    return true;
}

}  // namespace hammertrack
