// Wishes: which labels a path should have, out of what its entities carry in ftrack. Pure.
#pragma once

#include "hammertrack/label.hpp"
#include "hammertrack/tracker.hpp"

#include <string>
#include <vector>

namespace hammertrack {

struct Wish {
    LabelSet labels;
    std::vector<std::string> unknown;  // values that are in no menu: they never reach the share
};

Wish wish_of(const Values& values, const LabelMenu& menu);

}  // namespace hammertrack
