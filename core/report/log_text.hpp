// One line of a log out of any text: control characters cannot drive a terminal, and a line break cannot forge a line.
#pragma once

#include <string>
#include <string_view>

namespace foley::core {

// Control characters become \xNN; a line break is followed by an indentation, so that it is seen as one entry.
std::string log_text(std::string_view text);

}  // namespace foley::core
