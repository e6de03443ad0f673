#include "core/foleyctl/adopt/pickle_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace foley::core {
namespace {

void put_character(std::string& out, std::uint32_t character) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((character >> shift) & 0x3f)); };
    if (character < 0x80) {
        out += static_cast<char>(character);
    } else if (character < 0x800) {
        out += static_cast<char>(0xc0 | (character >> 6));
        tail(0);
    } else if (character < 0x10000) {
        out += static_cast<char>(0xe0 | (character >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | (character >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::optional<std::uint32_t> hex(std::string_view digits, std::size_t count) {
    if (digits.size() < count) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + count, value, 16);
    if (error != std::errc() || end != digits.data() + count) return std::nullopt;
    return value;
}

constexpr bool is_high(std::uint32_t character) {
    return character >= 0xd800 && character < 0xdc00;
}
constexpr bool is_low(std::uint32_t character) {
    return character >= 0xdc00 && character < 0xe000;
}

}  // namespace

std::optional<std::string> raw_unicode_text(std::string_view text) {
    std::string out;
    std::uint32_t high = 0;  // half of a pair, as a narrow Python 2 writes it
    while (!text.empty()) {
        std::uint32_t character = static_cast<unsigned char>(text.front());
        std::size_t size = 1;
        if (text.starts_with("\\u") || text.starts_with("\\U")) {
            const std::size_t digits = text[1] == 'u' ? 4 : 8;
            const auto value = hex(text.substr(2), digits);
            if (!value || *value > 0x10ffff) return std::nullopt;
            character = *value;
            size = 2 + digits;
        }
        text.remove_prefix(size);
        if (high != 0) {
            if (!is_low(character)) return std::nullopt;
            character = 0x10000 + ((high - 0xd800) << 10) + (character - 0xdc00);
            high = 0;
        } else if (is_high(character)) {
            high = character;
            continue;
        }
        put_character(out, character);
    }
    if (high != 0) return std::nullopt;
    return out;
}

std::optional<std::string> quoted_bytes(std::string_view text) {
    constexpr std::string_view kEscapes = "\\'\"nrtabfv";
    constexpr std::string_view kMeanings = "\\'\"\n\r\t\a\b\f\v";
    if (text.size() < 2 || text.front() != text.back() || (text.front() != '\'' && text.front() != '"'))
        return std::nullopt;
    const char quote = text.front();
    text = text.substr(1, text.size() - 2);
    std::string out;
    while (!text.empty()) {
        if (text.front() == quote) return std::nullopt;
        if (text.front() != '\\') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        if (text.size() < 2) return std::nullopt;
        if (text[1] == 'x') {
            const auto value = hex(text.substr(2), 2);
            if (!value) return std::nullopt;
            out += static_cast<char>(*value);
            text.remove_prefix(4);
            continue;
        }
        const auto which = kEscapes.find(text[1]);
        if (which == std::string_view::npos) return std::nullopt;
        out += kMeanings[which];
        text.remove_prefix(2);
    }
    return out;
}

std::optional<std::string> latin1_bytes(std::string_view utf8) {
    std::string out;
    for (std::size_t at = 0; at < utf8.size(); ++at) {
        const auto byte = static_cast<unsigned char>(utf8[at]);
        if (byte < 0x80) {
            out += utf8[at];
            continue;
        }
        if ((byte != 0xc2 && byte != 0xc3) || at + 1 == utf8.size()) return std::nullopt;
        const auto next = static_cast<unsigned char>(utf8[++at]);
        if ((next & 0xc0) != 0x80) return std::nullopt;
        out += static_cast<char>(((byte & 3) << 6) | (next & 0x3f));
    }
    return out;
}

std::optional<std::string> moment_text(std::string_view bytes) {
    if (bytes.size() != 10) return std::nullopt;
    std::array<unsigned, 10> part{};
    for (std::size_t at = 0; at < part.size(); ++at)
        part.at(at) = static_cast<unsigned char>(bytes[at]);
    const unsigned year = part[0] * 256 + part[1];
    const unsigned month = part[2] & 0x7f;  // the top bit tells the second of two equal hours
    if (year < 1 || year > 9999 || month < 1 || month > 12 || part[3] < 1 || part[3] > 31 || part[4] > 23 ||
        part[5] > 59 || part[6] > 59) {
        return std::nullopt;
    }
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", year, month, part[3], part[4], part[5], part[6]);
}

}  // namespace foley::core
