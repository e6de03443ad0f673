#include "core/foleyctl/table.hpp"

#include "core/foleyctl/plain_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace foley::core {
namespace {

// Characters, not bytes: what follows in a UTF-8 sequence takes no room of its own.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

bool stdout_has_colours() {
    const char* terminal = std::getenv("TERM");
    const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && !dumb;
}

std::string coloured(const std::string& text, Colour colour, bool colours) {
    if (!colours || colour == Colour::none || text.empty()) return text;
    const char* code = "1";
    switch (colour) {
        case Colour::good:
            code = "32";
            break;
        case Colour::warning:
            code = "33";
            break;
        case Colour::bad:
            code = "31";
            break;
        case Colour::dim:
            code = "2";
            break;
        case Colour::bold:
        case Colour::none:
            break;
    }
    return std::string("\x1b[") + code + "m" + text + "\x1b[0m";
}

void Table::add(std::vector<Cell> row) {
    for (Cell& cell : row)
        cell.text = one_line(cell.text);
    rows_.push_back(std::move(row));
}

void Table::print(std::ostream& out, bool colours, const std::string& indent) const {
    std::vector<std::size_t> widths(head_.size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i].text));
    }
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < head_.size(); ++i) {
        if (widths[i] == 0) continue;
        widths[i] = std::max(widths[i], width(head_[i]));
        shown.push_back(i);
    }
    const auto line = [&](const auto& cell_at) {
        out << indent;
        for (const std::size_t i : shown) {
            const Cell cell = cell_at(i);
            out << coloured(cell.text, cell.colour, colours);
            if (i != shown.back()) out << std::string(widths[i] - width(cell.text) + 2, ' ');
        }
        out << '\n';
    };
    line([&](std::size_t i) { return Cell{head_[i], Colour::dim}; });
    for (const auto& row : rows_) {
        line([&](std::size_t i) { return i < row.size() ? row[i] : Cell{}; });
    }
}

}  // namespace foley::core
