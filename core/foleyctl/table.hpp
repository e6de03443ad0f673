// Table: columns that line up, for people. Colour only on a terminal.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace foley::core {

enum class Colour { none, good, warning, bad, dim, bold };

// Whether stdout is a terminal that shows colours ($NO_COLOR and $TERM=dumb say no).
bool stdout_has_colours();

std::string coloured(const std::string& text, Colour colour, bool colours);

class Table {
public:
    struct Cell {
        std::string text;
        Colour colour = Colour::none;
    };

    explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
    // Whatever a cell's text holds, it is one line and does nothing to a terminal.
    void add(std::vector<Cell> row);
    bool empty() const noexcept { return rows_.empty(); }
    // The last column is not filled up; columns that are empty in every row are left out.
    void print(std::ostream& out, bool colours, const std::string& indent = "") const;

private:
    std::vector<std::string> head_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace foley::core
