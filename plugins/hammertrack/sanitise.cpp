#include "hammertrack/sanitise.hpp"

#include "hammertrack/sanitise_table.hpp"

#include <foley/utf8.hpp>

#include <algorithm>

namespace hammertrack {
namespace {

char sanitised_ascii(char32_t code) noexcept {
    const char character = static_cast<char>(code);
    if (character >= 'A' && character <= 'Z') return static_cast<char>(character - 'A' + 'a');
    const bool kept = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
                      character == '_' || character == '.' || character == '-';
    return kept ? character : '_';
}

void append_other(std::string& result, char32_t code) {
    const auto table = sanitise_table();
    const auto after = std::upper_bound(table.begin(), table.end(), code,
                                        [](char32_t value, const SanitiseRange& range) { return value < range.first; });
    if (after == table.begin()) return;
    const SanitiseRange& range = *(after - 1);
    if (code > range.last) return;
    if (range.counts) {
        result += static_cast<char>(static_cast<std::uint32_t>(range.text.front()) + code - range.first);
    } else {
        result += range.text;
    }
}

}  // namespace

std::string sanitise(std::string_view name) {
    std::string result;
    result.reserve(name.size());
    while (!name.empty()) {
        const auto code = foley::utf8::take(name);
        if (!code) continue;
        if (*code < 0x80) {
            result += sanitised_ascii(*code);
        } else {
            append_other(result, *code);
        }
    }
    return result;
}

}  // namespace hammertrack
