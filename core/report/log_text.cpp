#include "core/report/log_text.hpp"

namespace foley::core {
namespace {

void escape(std::string& out, unsigned char byte) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += "\\x";
    out += kHex[byte / 16];
    out += kHex[byte % 16];
}

// U+0080 to U+009F in UTF-8: to a terminal they are orders, as those below U+0020 are.
bool begins_c1(std::string_view text) {
    const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    return text.size() >= 2 && byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0;
}

}  // namespace

std::string log_text(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            result += "\n    ";
        } else if (begins_c1(text.substr(at))) {
            escape(result, byte);
            escape(result, static_cast<unsigned char>(text[++at]));
        } else if (c == '\t' || (byte >= 0x20 && byte != 0x7f)) {
            result += c;
        } else {
            escape(result, byte);
        }
    }
    return result;
}

}  // namespace foley::core
