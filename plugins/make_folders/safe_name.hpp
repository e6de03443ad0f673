// What a name from the site is as the name of a folder: one component, whatever it holds.
//
// Letters of any script, digits and most signs stay. What a file system or a shell minds (/ \ : * ? " < > | ' ` $ ; & !
// controls, bytes that are no UTF-8) becomes "_", and so do blanks, unless they are to stay. A dot at the beginning,
// and dots and blanks at the end, become "_" too: hidden folders, "..", and names that Windows cannot open.
#pragma once

#include <string>
#include <string_view>

namespace make_folders {

struct Naming {
    bool keep_blanks = false;
    bool lower_case = false;  // of A to Z
};

// Never empty unless `name` is; never "." or "..".
std::string safe_name(std::string_view name, const Naming& naming);

// Whether a text that an operator wrote can be (a part of) a folder's name as it is.
bool is_plain(std::string_view literal);

}  // namespace make_folders
