// Reads mode, owner and group as an operator writes them. Throws: std::invalid_argument, with a sentence.
#pragma once

#include "make_folders/folder_tree.hpp"

#include <string>

namespace make_folders {

// "2775": octal, 3 or 4 digits. Empty texts leave things as they are.
Rights rights_of(const std::string& mode, const std::string& owner, const std::string& group);

}  // namespace make_folders
