// A small studio to follow in: three shots of the project "demo" with folders, three tasks, and a store that writes
// down what is done.
#pragma once

#include "fake_tracker.hpp"
#include "hammertrack/errors.hpp"
#include "hammertrack/follower.hpp"
#include "hammertrack/xattr_store.hpp"
#include "share_fixture.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hammertrack_test {

using namespace hammertrack;
using Names = std::set<std::string>;

// Writes down what is done, and does it to extended attributes.
class RecordingStore final : public LabelStore {
public:
    std::string prove(const ShareRoot& root, const Label& any) override {
        if (away) throw ShareAway("The share is not mounted.");
        return below_.prove(root, any);
    }
    Answer has(const ShareEntry& entry, const Label& label) override {
        if (unwell.count(entry.path().text()) != 0) return {false, "Error: try again"};
        return below_.has(entry, label);
    }
    void add(const ShareEntry& entry, const Label& label) override { change("add", entry, label); }
    void remove(const ShareEntry& entry, const Label& label) override { change("remove", entry, label); }

    std::vector<std::string> done;
    Names rejected;  // paths
    Names not_kept;  // paths where nothing is really done
    Names unwell;    // paths where no question is answered
    Names sicken;    // paths that become unwell with the next change
    bool away = false;

private:
    void change(const std::string& what, const ShareEntry& entry, const Label& label) {
        const std::string& path = entry.path().text();
        if (rejected.count(path) != 0) throw Rejected("The share refuses " + path + ".");
        done.push_back(what + " " + label.text() + " " + path);
        if (not_kept.count(path) != 0) return;
        what == "add" ? below_.add(entry, label) : below_.remove(entry, label);
        if (sicken.count(path) != 0) unwell.insert(path);
    }
    XattrStore below_{"user.foley.label."};
};

class World {
public:
    World() {
        for (const std::string shot : {"sh_010", "sh_020", "sh_030"}) {
            std::filesystem::create_directories(folder.path() / "demo" / shot);
            tracker.shots["id-" + shot] = shot;
        }
        tracker.tasks = {{"t-1", {"comp", "id-sh_010", {}}},
                         {"t-2", {"light", "id-sh_010", {}}},
                         {"t-3", {"comp", "id-sh_020", {}}}};
    }

    FollowReport follow(const std::vector<Entity>& entities, bool wait = true, Removal removal = Removal::allowed) {
        Follower::Options options;
        options.removal = removal;
        options.wait_for_missing = wait;
        options.task_path = tracker.mode;
        options.cause = "event e-1";
        options.now = now;
        return Follower(tracker, share, labeller, menu, placements, journal.log(), options).follow(entities);
    }

    Names labels(const std::string& path) {
        const auto entry = share.find(SharePath::relative(path));
        Names names;
        for (const auto& option : menu.options()) {
            if (store->has(*entry, option.label).present) names.insert(option.label.text());
        }
        return names;
    }

    Placement::Time now{std::chrono::hours(24 * 365)};
    Folder folder;
    LabelMenu menu{kOptions};
    Journal journal;
    FakeTracker tracker;
    VolatileMemory memory;
    Placements placements{memory};
    std::shared_ptr<RecordingStore> store = std::make_shared<RecordingStore>();
    Share share{{folder.path().string()}, store, menu.options().front().label, journal.log()};
    Labeller labeller{share, menu, false, journal.log()};
};

}  // namespace hammertrack_test
