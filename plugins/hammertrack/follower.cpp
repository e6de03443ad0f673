#include "hammertrack/follower.hpp"

#include "hammertrack/errors.hpp"

#include <algorithm>
#include <iterator>

namespace hammertrack {
namespace {

void append(std::vector<std::string>& to, std::vector<std::string> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void FollowReport::merge(FollowReport other) {
    append(missing, std::move(other.missing));
    append(unsettled, std::move(other.unsettled));
    append(rejected, std::move(other.rejected));
    append(refused, std::move(other.refused));
    append(unknown, std::move(other.unknown));
    changed += other.changed;
}

struct Follower::Followed {
    bool exists = false;
    Whereabouts where;
    std::set<SharePath> now;     // real paths; as spelled where they do not exist
    std::set<SharePath> before;  // as remembered
    std::map<SharePath, Placement::Time> behind;
    std::set<std::string> above_before;
    std::set<Entity> neighbours;  // share its path by their nature
    LabelSet labels;              // that it carries itself
    bool unresolved = false;      // its place could not be found out, for a reason in the report

    bool leaves_something() const {
        return !behind.empty() || !std::includes(now.begin(), now.end(), before.begin(), before.end());
    }
};

struct Follower::Site {
    std::set<Entity> owners;
    bool current = false;  // some followed entity is here now
    LabelSet wanted;
    bool settled = false;  // nothing is left to be done here
    bool left = false;     // labels are to go as soon as that is allowed
    bool unseen = false;   // nothing could be done here, and whether anything should be could not be seen
};

Follower::Follower(Tracker& tracker, Share& share, Labeller& labeller, const LabelMenu& menu, Placements& placements,
                   Log log, Options options)
    : tracker_(tracker),
      share_(share),
      labeller_(labeller),
      menu_(menu),
      placements_(placements),
      log_(std::move(log)),
      options_(std::move(options)) {}

FollowReport Follower::follow(const std::vector<Entity>& entities) {
    found_.clear();
    report_ = {};
    share_.require();
    auto followed = look_up(entities);
    auto sites = sites_of(followed);
    read_wishes(followed, sites);
    for (auto& [path, site] : sites) {
        if (site.current) label(path, site);
    }
    for (auto& [path, site] : sites) {
        if (!site.current && !must_stay(path, followed, sites)) label(path, site);
    }
    remember(followed, sites);
    return std::move(report_);
}

std::map<Entity, Follower::Followed> Follower::look_up(const std::vector<Entity>& entities) {
    auto located = tracker_.locate(entities);
    std::map<Entity, Followed> followed;
    std::set<std::string> parents;
    for (const Entity& entity : entities) {
        Followed& each = followed[entity];
        recall(entity, each);
        const auto found = located.find(entity);
        if (found == located.end()) continue;
        each.exists = true;
        each.where = std::move(found->second);
        resolve(each);
        if (entity.kind == EntityKind::task && !each.where.parent.empty()) parents.insert(each.where.parent);
    }
    if (options_.task_path != TaskPath::parent || parents.empty()) return followed;
    const auto tasks = tracker_.tasks_of(parents);
    for (auto& [entity, each] : followed) {
        const auto found = entity.kind == EntityKind::task ? tasks.find(each.where.parent) : tasks.end();
        if (found != tasks.end()) each.neighbours.insert(found->second.begin(), found->second.end());
    }
    return followed;
}

void Follower::resolve(Followed& followed) {
    append(report_.refused, followed.where.paths.refused);
    followed.unresolved = followed.where.unclear;
    for (const SharePath& spelled : followed.where.paths.found) {
        try {
            const Entry entry = find(spelled);
            followed.now.insert(entry ? entry->path() : spelled);
        } catch (const PathRefused& error) {
            report_.refused.emplace_back(error.what());
        } catch (const Unsettled& error) {
            report_.unsettled.emplace_back(error.what());
            followed.unresolved = true;
        } catch (const Rejected& error) {
            report_.rejected.emplace_back(error.what());
            followed.unresolved = true;
        }
    }
}

void Follower::recall(const Entity& entity, Followed& followed) {
    const auto placement = placements_.find(entity);
    if (!placement) return;
    for (const auto& path : placement->paths)
        followed.before.insert(real_path(path));
    for (const auto& [path, since] : placement->behind)
        followed.behind.emplace(real_path(path), since);
    followed.above_before = placement->above;
}

// A path that did not exist when it was remembered may by now lead, by a link, to another remembered one. They must not
// be taken for two.
SharePath Follower::real_path(const SharePath& path) {
    try {
        const Entry entry = find(path);
        return entry ? entry->path() : path;
    } catch (const ShareAway&) {
        throw;
    } catch (const ShareError&) {
        return path;  // label() meets it again, and reports it
    }
}

// The tasks that are at a path which is being left, by what ftrack says now: some may not be remembered there yet,
// since their events are still to come, and what they want must not be taken away only to come back.
std::map<SharePath, std::set<Entity>> Follower::residents(const std::map<Entity, Followed>& followed) {
    std::map<SharePath, std::set<Entity>> result;
    if (options_.task_path != TaskPath::parent) return result;
    std::set<std::string> parents;
    for (const auto& [entity, each] : followed) {
        if (each.leaves_something()) parents.insert(each.above_before.begin(), each.above_before.end());
    }
    if (parents.empty()) return result;
    std::vector<Entity> tasks;
    for (const auto& [parent, children] : tracker_.tasks_of(parents)) {
        std::copy_if(children.begin(), children.end(), std::back_inserter(tasks),
                     [&](const Entity& task) { return followed.count(task) == 0; });
    }
    std::vector<Entity> wishing;
    if (tasks.empty()) return result;
    for (const auto& [entity, values] : tracker_.values(tasks)) {
        if (!wish_of(values, menu_).labels.empty()) wishing.push_back(entity);
    }
    if (wishing.empty()) return result;
    for (const auto& [entity, where] : tracker_.locate(wishing)) {
        for (const SharePath& path : where.paths.found)
            result[real_path(path)].insert(entity);
    }
    return result;
}

Follower::Entry Follower::find(const SharePath& path) {
    const auto known = found_.find(path);
    if (known != found_.end()) return known->second;
    Entry entry;
    try {
        entry = share_.find(path);
    } catch (const EntryMissing&) {
        found_.emplace(path, nullptr);
        return nullptr;
    }
    found_.emplace(path, entry);
    found_.emplace(entry->path(), entry);
    return entry;
}

std::map<SharePath, Follower::Site> Follower::sites_of(const std::map<Entity, Followed>& followed) {
    std::map<SharePath, Site> sites;
    for (const auto& [entity, each] : followed) {
        for (const auto& path : each.before)
            sites[path];
        for (const auto& [path, since] : each.behind)
            sites[path];
        for (const auto& path : each.now) {
            Site& site = sites[path];
            site.current = true;
            site.owners.insert(entity);
            site.owners.insert(each.neighbours.begin(), each.neighbours.end());
        }
    }
    const auto there = residents(followed);
    for (auto& [path, site] : sites) {
        if (const auto found = there.find(path); found != there.end())
            site.owners.insert(found->second.begin(), found->second.end());
        for (const Entity& owner : placements_.at(path)) {
            const auto found = followed.find(owner);
            // What is remembered of a followed entity is what is being mended, unless its present place is not known.
            if (found == followed.end() || found->second.unresolved) site.owners.insert(owner);
        }
    }
    return sites;
}

void Follower::read_wishes(std::map<Entity, Followed>& followed, std::map<SharePath, Site>& sites) {
    std::set<Entity> all;
    for (const auto& [entity, each] : followed) {
        if (each.exists) all.insert(entity);
    }
    for (const auto& [path, site] : sites)
        all.insert(site.owners.begin(), site.owners.end());
    if (all.empty()) return;
    const std::vector<Entity> asked(all.begin(), all.end());
    auto found_values = tracker_.values(asked);
    if (options_.learns_more(all, found_values)) found_values = tracker_.values(asked);
    std::map<Entity, Wish> wishes;
    for (const auto& [entity, values] : found_values)
        wishes.emplace(entity, wish_of(values, menu_));
    for (auto& [entity, each] : followed) {
        const auto found = wishes.find(entity);
        if (found == wishes.end() || !each.exists) continue;
        each.labels = found->second.labels;
        report_unknown(entity, found->second.unknown);
    }
    for (auto& [path, site] : sites) {
        for (const Entity& owner : site.owners) {
            const auto found = wishes.find(owner);
            if (found != wishes.end()) site.wanted.insert(found->second.labels.begin(), found->second.labels.end());
        }
    }
}

void Follower::report_unknown(const Entity& entity, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
        report_.unknown.push_back("The value \"" + value + "\" of " + to_text(entity) + " (" + options_.cause +
                                  ") is not in the menu of labels and is not sent to the share.");
    }
}

void Follower::label(const SharePath& path, Site& site) {
    options_.progress(path.text());
    try {
        const Entry entry = find(path);
        if (!entry) {
            // At a path that was left there is nothing to be taken away; who still wants labels there waits for
            // himself.
            site.settled = site.wanted.empty() || !site.current;
            site.unseen = site.settled;
            if (!site.settled) report_.missing.push_back(path.text() + " does not exist yet");
            return;
        }
        const auto result = labeller_.apply(entry, site.wanted, options_.removal);
        if (result.changed()) ++report_.changed;
        site.left = !result.left.empty();
        site.settled = !site.left;
        site.unseen = result.unsure;
    } catch (const EntryMissing& error) {
        report_.missing.emplace_back(error.what());
    } catch (const Unsettled& error) {
        report_.unsettled.emplace_back(error.what());
    } catch (const Rejected& error) {
        report_.rejected.emplace_back(error.what());
    } catch (const PathRefused& error) {
        report_.refused.emplace_back(error.what());
        site.settled = true;
    }
}

// True while an entity that was here is on its way to a path that has not been labelled.
bool Follower::must_stay(const SharePath& path, const std::map<Entity, Followed>& followed,
                         const std::map<SharePath, Site>& sites) const {
    if (!options_.wait_for_missing) return false;
    return std::any_of(followed.begin(), followed.end(), [&](const auto& pair) {
        const Followed& each = pair.second;
        if (each.before.count(path) == 0) return false;
        return each.unresolved || std::any_of(each.now.begin(), each.now.end(),
                                              [&](const SharePath& now) { return !sites.at(now).settled; });
    });
}

void Follower::remember(const std::map<Entity, Followed>& followed, const std::map<SharePath, Site>& sites) {
    for (const auto& [entity, each] : followed) {
        const Placement placement = placement_of(each, sites);
        const bool keep =
            !placement.paths.empty() || !placement.behind.empty() || (each.exists && !each.labels.empty());
        keep ? placements_.put(entity, placement) : placements_.erase(entity);
    }
}

Placement Follower::placement_of(const Followed& followed, const std::map<SharePath, Site>& sites) const {
    Placement placement{{}, followed.where.above, {}};
    for (const auto& path : followed.now) {
        if (!followed.labels.empty() || sites.at(path).left) placement.paths.insert(path);
    }
    // Where something is left to be done, it stays remembered, so that it is found again.
    for (const auto& path : followed.before) {
        if (followed.unresolved || !sites.at(path).settled) placement.paths.insert(path);
    }
    const auto leave_behind = [&](const SharePath& path, Placement::Time since) {
        const Site& site = sites.at(path);
        if (placement.paths.count(path) != 0 || (site.settled && !site.unseen)) return;
        if (site.settled && options_.now - since >= options_.forget_after) return;
        placement.behind.emplace(path, since);
    };
    for (const auto& [path, since] : followed.behind)
        leave_behind(path, since);
    for (const auto& path : followed.before)
        leave_behind(path, options_.now);
    const bool rest = !placement.behind.empty() || !std::includes(followed.now.begin(), followed.now.end(),
                                                                  placement.paths.begin(), placement.paths.end());
    if (rest) placement.above.insert(followed.above_before.begin(), followed.above_before.end());
    return placement;
}

void Follower::survey(const std::map<Entity, Values>& entities) {
    found_.clear();
    report_ = {};
    std::vector<Entity> wishing;
    for (const auto& [entity, values] : entities) {
        if (!wish_of(values, menu_).labels.empty()) wishing.push_back(entity);
    }
    if (wishing.empty()) return;
    share_.require();
    for (auto& [entity, where] : tracker_.locate(wishing)) {
        Followed each;
        each.where = std::move(where);
        resolve(each);
        Placement placement = placements_.find(entity).value_or(Placement());
        placement.paths.insert(each.now.begin(), each.now.end());
        placement.above.insert(each.where.above.begin(), each.where.above.end());
        for (const auto& path : each.now)
            placement.behind.erase(path);
        placements_.put(entity, placement);
    }
}

}  // namespace hammertrack
