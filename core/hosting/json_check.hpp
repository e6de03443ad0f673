// Whether a text is JSON. What a plugin declares and replies is handed on as it is, inside of other JSON, so it is
// looked at where it comes in.
#pragma once

#include <string_view>

namespace foley::core {

// One value in valid UTF-8, nested at most 256 deep. Reads without recursion, so no text can overflow the stack.
bool is_json(std::string_view text);

}  // namespace foley::core
