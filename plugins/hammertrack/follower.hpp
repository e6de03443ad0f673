// Follower: brings the share in line with what ftrack says about some entities: labels where they are now, takes labels
// from where they were, and remembers where they are.
//
// The labels of a path are the union over all entities there: those remembered, and the other tasks of the same parent.
// Where an entity moved, its new path is labelled before the old one is cleared, and the old one keeps its labels as
// long as the new one does not exist. A path that was left and is missing is remembered for a while: it may come back,
// labels and all.
//
// Thread: the callbacks'. Throws ShareAway and foley::SiteError; everything that concerns one path is in the report.
#pragma once

#include "hammertrack/label.hpp"
#include "hammertrack/labeller.hpp"
#include "hammertrack/log.hpp"
#include "hammertrack/placements.hpp"
#include "hammertrack/share.hpp"
#include "hammertrack/tracker.hpp"
#include "hammertrack/wishes.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hammertrack {

// What could not be done, as sentences.
struct FollowReport {
    std::vector<std::string> missing;    // not there yet
    std::vector<std::string> unsettled;  // the same again, a little later
    std::vector<std::string> rejected;   // a person has to look
    std::vector<std::string> refused;    // never
    std::vector<std::string> unknown;    // values that are not in the menu
    std::size_t changed = 0;             // paths

    void merge(FollowReport other);
};

class Follower {
public:
    struct Options {
        TaskPath task_path = TaskPath::parent;
        Removal removal = Removal::allowed;
        bool wait_for_missing = true;  // false: an entity whose new path does not exist leaves the old one all the same
        std::string cause;             // for the log: "event 4b0c…"
        Placement::Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        std::chrono::hours forget_after{24 * 30};  // a path that was left, when nothing can be seen there
        // Told what was asked and found, before anything is labelled by it. True: the site has to be asked again.
        std::function<bool(const std::set<Entity>&, const std::map<Entity, Values>&)> learns_more =
            [](const std::set<Entity>&, const std::map<Entity, Values>&) { return false; };
        std::function<void(const std::string&)> progress = [](const std::string&) {};
    };
    // All must outlive the follower.
    Follower(Tracker& tracker, Share& share, Labeller& labeller, const LabelMenu& menu, Placements& placements, Log log,
             Options options);

    FollowReport follow(const std::vector<Entity>& entities);

    // Remembers where these entities are, in addition to what is remembered, and touches no labels.
    void survey(const std::map<Entity, Values>& entities);

private:
    struct Followed;  // one entity, before and after
    struct Site;      // one path
    using Entry = std::shared_ptr<const ShareEntry>;

    std::map<Entity, Followed> look_up(const std::vector<Entity>& entities);
    std::map<SharePath, Site> sites_of(const std::map<Entity, Followed>& followed);
    void read_wishes(std::map<Entity, Followed>& followed, std::map<SharePath, Site>& sites);
    void resolve(Followed& followed);
    SharePath real_path(const SharePath& path);
    void recall(const Entity& entity, Followed& followed);
    std::map<SharePath, std::set<Entity>> residents(const std::map<Entity, Followed>& followed);
    Entry find(const SharePath& path);
    void label(const SharePath& path, Site& site);
    bool must_stay(const SharePath& path, const std::map<Entity, Followed>& followed,
                   const std::map<SharePath, Site>& sites) const;
    void remember(const std::map<Entity, Followed>& followed, const std::map<SharePath, Site>& sites);
    Placement placement_of(const Followed& followed, const std::map<SharePath, Site>& sites) const;
    void report_unknown(const Entity& entity, const std::vector<std::string>& values);

    Tracker& tracker_;
    Share& share_;
    Labeller& labeller_;
    const LabelMenu& menu_;
    Placements& placements_;
    Log log_;
    Options options_;
    std::map<SharePath, Entry> found_;  // paths of this round; null: does not exist
    FollowReport report_;
};

}  // namespace hammertrack
