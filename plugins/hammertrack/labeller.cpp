#include "hammertrack/labeller.hpp"

#include "hammertrack/errors.hpp"

#include <algorithm>
#include <iterator>

namespace hammertrack {
namespace {

LabelSet minus(const LabelSet& from, const LabelSet& what) {
    LabelSet result;
    std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::inserter(result, result.end()));
    return result;
}

}  // namespace

Labeller::Labeller(Share& share, const LabelMenu& menu, bool dry_run, Log log)
    : share_(share), menu_(menu), dry_run_(dry_run), log_(std::move(log)) {}

Labeller::Result Labeller::apply(const std::shared_ptr<const ShareEntry>& entry, const LabelSet& wanted,
                                 Removal removal) {
    Result result;
    const LabelSet present = read_present(entry, wanted, result.unsure);
    result.added = minus(wanted, present);
    result.kept = minus(wanted, result.added);
    (removal == Removal::allowed ? result.removed : result.left) = minus(present, wanted);
    if (!result.changed()) return result;
    const std::string what = (result.added.empty() ? "" : " add " + to_text(result.added)) +
                             (result.removed.empty() ? "" : " remove " + to_text(result.removed)) +
                             (result.kept.empty() ? "" : " keep " + to_text(result.kept));
    if (dry_run_) {
        log_(Level::info, "dry run: would label " + entry->path().text() + ":" + what);
        return result;
    }
    for (const Label& label : result.added)
        add(entry, label);
    for (const Label& label : result.removed)
        remove(entry, label);
    log_(Level::info, "labelled " + entry->path().text() + ":" + what);
    return result;
}

// A label that the share cannot speak about is mostly not defined there, and then on no path; but the share may be in
// trouble. Where it is wanted, adding it will bring the share's refusal; where not, the path has to be looked at again.
LabelSet Labeller::read_present(const std::shared_ptr<const ShareEntry>& entry, const LabelSet& wanted, bool& unsure) {
    LabelSet present;
    for (const auto& option : menu_.options()) {
        const auto answer = share_.has(entry, option.label);
        if (answer.present) present.insert(option.label);
        if (answer.complaint.empty() || wanted.count(option.label) != 0) continue;
        unsure = true;
        if (complaints_.insert(option.label.folded() + ":" + answer.complaint).second) {
            log_(Level::warning, "Asked for the label \"" + option.label.text() + "\" on " + entry->path().text() +
                                     ", the share says: " + answer.complaint + " Is it defined on the share?");
        }
    }
    return present;
}

void Labeller::add(const std::shared_ptr<const ShareEntry>& entry, const Label& label) {
    share_.add(entry, label);
    const auto answer = share_.has(entry, label);
    if (answer.present) return;
    throw Rejected("The label \"" + label.text() + "\" is not on " + entry->path().text() + " although it was added" +
                   (answer.complaint.empty() ? "." : ": " + answer.complaint));
}

void Labeller::remove(const std::shared_ptr<const ShareEntry>& entry, const Label& label) {
    share_.remove(entry, label);
    const auto answer = share_.has(entry, label);
    if (!answer.complaint.empty()) {
        throw Rejected("Whether the label \"" + label.text() + "\" is gone from " + entry->path().text() +
                       " the share does not say: " + answer.complaint);
    }
    if (!answer.present) return;
    throw Rejected("The label \"" + label.text() + "\" is still on " + entry->path().text() +
                   " although it was removed. Perhaps another label there implies it: use labels that imply none.");
}

}  // namespace hammertrack
