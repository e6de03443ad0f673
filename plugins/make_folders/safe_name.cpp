#include "make_folders/safe_name.hpp"

#include <foley/utf8.hpp>

namespace make_folders {
namespace {

constexpr std::string_view kMinded = "/\\:*?\"<>|'`$;&!";

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
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
        const std::size_t size = foley::utf8::character_size(name);
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
        const std::size_t size = foley::utf8::character_size(literal.substr(at));
        if (size == 0) return false;
        if (size == 1 && safe(literal[at], {.keep_blanks = true}) != literal[at]) return false;
        at += size;
    }
    return true;
}

}  // namespace make_folders
