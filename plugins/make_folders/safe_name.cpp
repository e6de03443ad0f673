#include "make_folders/safe_name.hpp"

namespace make_folders {
namespace {

constexpr std::string_view kMinded = "/\\:*?\"<>|'`$;&!";

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

// How many bytes at the start are one character of UTF-8; 0: none is.
std::size_t character(std::string_view text) {
    const unsigned char first = byte(text.front());
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(text[i]) & 0xc0) != 0x80) return 0;
    }
    const unsigned char second = byte(text[1]);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return overlong || beyond ? 0 : size;
}

char safe(char c, const Naming& naming) {
    if (byte(c) < 0x20 || c == 0x7f || kMinded.find(c) != std::string_view::npos) return '_';
    if (c == ' ' && !naming.keep_blanks) return '_';
    return naming.lower_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string safe_name(std::string_view name, const Naming& naming) {
    std::string out;
    while (!name.empty()) {
        const std::size_t size = character(name);
        if (size == 0 || (size == 2 && byte(name[0]) == 0xc2 && byte(name[1]) < 0xa0)) {
            out += '_';
        } else if (size == 1) {
            out += safe(name.front(), naming);
        } else {
            out += name.substr(0, size);
        }
        name.remove_prefix(size == 0 ? 1 : size);
    }
    if (!out.empty() && out.front() == '.') out.front() = '_';
    for (auto at = out.rbegin(); at != out.rend() && (*at == '.' || *at == ' '); ++at)
        *at = '_';
    return out;
}

bool is_plain(std::string_view literal) {
    for (std::size_t at = 0; at < literal.size();) {
        const std::size_t size = character(literal.substr(at));
        if (size == 0) return false;
        if (size == 1 && safe(literal[at], {.keep_blanks = true}) != literal[at]) return false;
        at += size;
    }
    return true;
}

}  // namespace make_folders
