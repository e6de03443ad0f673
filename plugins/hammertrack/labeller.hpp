// Labeller: makes the labels of one path what they should be, and touches no more than the difference.
//
// Labels to add are added first, then those to remove are removed, so data is never without a place; those that stay
// are not touched, so no placement flaps. Only labels of the menu are looked at. Each operation is verified by reading
// the label back. Thread: the callbacks'. Throws the errors of errors.hpp.
#pragma once

#include "hammertrack/label.hpp"
#include "hammertrack/log.hpp"
#include "hammertrack/share.hpp"

#include <set>
#include <string>

namespace hammertrack {

enum class Removal {
    allowed,
    not_yet,  // who else wants labels there is not known yet
};

class Labeller {
public:
    // share and menu must outlive the labeller. With dry_run it only says what it would do.
    Labeller(Share& share, const LabelMenu& menu, bool dry_run, Log log);

    struct Result {
        LabelSet added, removed, kept, left;  // left: should go, but removal is not allowed yet
        bool unsure = false;  // the share could not say of every label that is not wanted whether it is there
        bool changed() const noexcept { return !added.empty() || !removed.empty(); }
    };
    Result apply(const std::shared_ptr<const ShareEntry>& entry, const LabelSet& wanted, Removal removal);

private:
    LabelSet read_present(const std::shared_ptr<const ShareEntry>& entry, const LabelSet& wanted, bool& unsure);
    void add(const std::shared_ptr<const ShareEntry>& entry, const Label& label);
    void remove(const std::shared_ptr<const ShareEntry>& entry, const Label& label);

    Share& share_;
    const LabelMenu& menu_;
    bool dry_run_;
    Log log_;
    std::set<std::string> complaints_;  // said once
};

}  // namespace hammertrack
