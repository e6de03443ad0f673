// What came from a site, a plugin or the daemon, made fit for an operator's terminal: nothing in it moves the cursor,
// rings, renames the window, or looks like a line of foleyctl's own. For people only; --json is handed on as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace foley::core {

// For a cell of a table: line breaks and tabs are blanks.
std::string one_line(std::string_view text);

// Lines after the first begin with `columns` blanks.
std::string indented(std::string_view text, std::size_t columns);

}  // namespace foley::core
