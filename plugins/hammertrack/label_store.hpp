// LabelStore: where labels are written and read. Three kinds: gateway, command, xattr.
//
// Only local labels count, those set on the entry itself; inherited ones are never seen. Thread: one at a time. Every
// function may block for as long as the share does: call them through Share. Throws the errors of errors.hpp.
#pragma once

#include "hammertrack/label.hpp"
#include "hammertrack/share_root.hpp"

#include <string>

namespace hammertrack {

class LabelStore {
public:
    virtual ~LabelStore() = default;

    // That `root` is a share which takes commands. Returns what could not be proved, as a sentence, or nothing. Throws
    // ShareAway when it is none, and when nothing there gives an answer.
    virtual std::string prove(const ShareRoot& root, const Label& any) = 0;

    struct Answer {
        bool present = false;
        std::string
            complaint;  // not empty: the share could not say, in its own words; mostly it does not know the label
    };
    virtual Answer has(const ShareEntry& entry, const Label& label) = 0;

    // Both are idempotent, and done when they return as far as the store says; the caller reads back.
    virtual void add(const ShareEntry& entry, const Label& label) = 0;
    virtual void remove(const ShareEntry& entry, const Label& label) = 0;
};

}  // namespace hammertrack
