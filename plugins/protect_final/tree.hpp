// Tree: makes what lies at a location read-only, or writeable again, with all beneath it.
//
// Every step is opened from the one before and never through a symbolic link; links that lie in a folder are left
// alone, as is what is neither file nor folder, and what is mounted beneath. Modes change only where they differ, so
// that doing it twice does no harm.
//
// Thread: one at a time. Throws: PathRefused; TreeAway; what it may not change is counted and named in the report.
#pragma once

#include "protect_final/location.hpp"

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

namespace protect_final {

// The share is not mounted, or does not answer. what() is a sentence.
class TreeAway : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Bits of a mode that are taken away, and that are added.
struct ModeChange {
    mode_t remove = 0;
    mode_t add = 0;
};

struct TreeReport {
    bool found = false;                // there is something at the location
    std::size_t changed = 0;           // or would be, in a dry run
    std::size_t unchanged = 0;         // was so already
    std::size_t links = 0;             // symbolic links, left alone
    std::size_t refused = 0;           // may not be changed
    std::vector<std::string> reasons;  // of the first of those
};

class Tree {
public:
    struct Options {
        bool mounted = false;  // a root counts only when it is a mount point
        bool dry_run = false;
        std::function<void(const std::string&)> progress;  // told now and then
    };
    explicit Tree(Options options) : options_(std::move(options)) {}

    TreeReport change(const Location& location, ModeChange mode) const;

private:
    Options options_;
};

}  // namespace protect_final
