#include <foley/site/error.hpp>
#include <foley/site/ftrack_expression.hpp>

#include <algorithm>
#include <array>
#include <random>

namespace foley::site::ftrack {

namespace {

// What an error message may show of a text that is not acceptable.
std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 60))
        out += c >= ' ' && c <= '~' ? c : '?';
    return text.size() > 60 ? out + "…" : out;
}

template <typename Quote>
std::string list_of(std::span<const std::string> texts, Quote quote) {
    if (texts.empty()) throw ValidationError("a query for one of several values was made with no value");
    std::string out = "(";
    for (const auto& text : texts) {
        if (out.size() > 1) out += ", ";
        out += quote(text);
    }
    return out + ")";
}

}  // namespace

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            throw ValidationError("'" + shown(text) + "' holds a control character and cannot be part of a query");
        if (c == '"' || c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

bool is_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

std::string quoted_id(std::string_view id) {
    if (!is_id(id)) throw ValidationError("'" + shown(id) + "' is not an id");
    return '"' + std::string(id) + '"';
}

std::string quoted_ids(std::span<const std::string> ids) {
    return list_of(ids, [](const std::string& id) { return quoted_id(id); });
}

std::string quoted_list(std::span<const std::string> texts) {
    return list_of(texts, [](const std::string& text) { return ftrack::quoted(text); });
}

std::string new_id() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::random_device random;
    std::array<unsigned char, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
        const auto word = random();
        for (std::size_t k = 0; k < 4; ++k)
            bytes[i + k] = static_cast<unsigned char>((word >> (8 * k)) & 0xffU);
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += kDigits[bytes[i] >> 4U];
        out += kDigits[bytes[i] & 0x0fU];
    }
    return out;
}

}  // namespace foley::site::ftrack
