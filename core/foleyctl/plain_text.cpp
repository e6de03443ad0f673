#include "core/foleyctl/plain_text.hpp"

#include "core/hosting/printable.hpp"

#include <algorithm>

namespace foley::core {

std::string one_line(std::string_view text) {
    std::string line = printable(text);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return line;
}

std::string indented(std::string_view text, std::size_t columns) {
    std::string lines;
    for (const char c : printable(text)) {
        lines += c;
        if (c == '\n') lines.append(columns, ' ');
    }
    return lines;
}

}  // namespace foley::core
