#include "core/report/log_text.hpp"

namespace foley::core {

std::string log_text(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            result += "\n    ";
        } else if (c == '\t' || (byte >= 0x20 && byte != 0x7f)) {
            result += c;
        } else {
            result += "\\x";
            result += kHex[byte / 16];
            result += kHex[byte % 16];
        }
    }
    return result;
}

}  // namespace foley::core
