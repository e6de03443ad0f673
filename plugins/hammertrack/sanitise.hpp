// sanitise: the name of a folder or file for the name of a project, a shot, a component, exactly as ftrack's standard
// structure makes it when files are published.
#pragma once

#include <string>
#include <string_view>

namespace hammertrack {

// Decomposes, drops what has no ASCII form, puts "_" for what is not a letter, a digit, "_", "." or "-", and turns all
// into lower case. The result can be empty, "." or "..": whoever makes a path of it has to refuse these.
// Bytes that are no UTF-8 are dropped.
std::string sanitise(std::string_view name);

}  // namespace hammertrack
