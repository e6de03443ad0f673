#include "hammertrack/reconcile.hpp"

#include "fake_tracker.hpp"
#include "hammertrack/errors.hpp"
#include "hammertrack/xattr_store.hpp"
#include "share_fixture.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack;
using namespace hammertrack_test;
using Names = std::set<std::string>;
using namespace std::chrono_literals;

namespace {

const Reconcile::Time kNow{1'000'000s};

class World {
public:
    World() {
        for (int i = 0; i < 10; ++i) {
            const std::string number = std::to_string(i);
            std::filesystem::create_directories(folder.path() / "demo" / ("sh_" + number));
            tracker.shots["s-" + number] = "sh_" + number;
            tracker.tasks["t-" + number] = {"comp", "s-" + number, {"yul"}};
        }
    }
    Reconcile::Tools tools() {
        return {memory, tracker, placements,
                [this](Removal removal) {
                    Follower::Options options;
                    options.removal = removal;
                    return Follower(tracker, share, labeller, menu, placements, journal.log(), options);
                },
                journal.log()};
    }
    std::size_t run(Reconcile& reconcile) {
        std::size_t slices = 0;
        do {
            reconcile.step(tools(), kNow);
            ++slices;
        } while (reconcile.under_way());
        return slices;
    }
    bool has(const std::string& path, const std::string& label) {
        return store->has(*share.find(SharePath::relative(path)), *menu.find(label)).present;
    }
    void put(const std::string& path, const std::string& label) {
        store->add(*share.find(SharePath::relative(path)), *menu.find(label));
    }

    Folder folder;
    LabelMenu menu{kOptions};
    Journal journal;
    FakeTracker tracker;
    VolatileMemory memory;
    Placements placements{memory};
    std::shared_ptr<XattrStore> store = std::make_shared<XattrStore>("user.foley.label.");
    Share share{{folder.path().string()}, store, menu.options().front().label, journal.log()};
    Labeller labeller{share, menu, false, journal.log()};
};

}  // namespace

TEST_CASE("a pass labels what ftrack says and takes away what it does not", "[hammertrack][reconcile]") {
    World world;
    world.tracker.tasks["t-3"].values = {};
    world.put("demo/sh_3", "lax");  // left from a time without this plugin
    world.put("demo/sh_4", "muc");
    Reconcile reconcile({.slice = 3, .fingerprint = "x"});
    CHECK(reconcile.removal() == Removal::not_yet);
    CHECK(world.run(reconcile) > 6);
    CHECK(reconcile.removal() == Removal::allowed);
    CHECK(world.has("demo/sh_0", "yul"));
    CHECK(world.has("demo/sh_9", "yul"));
    CHECK_FALSE(world.has("demo/sh_3", "lax"));
    CHECK_FALSE(world.has("demo/sh_4", "muc"));
    CHECK_FALSE(reconcile.due(kNow + 1h));
    CHECK(reconcile.due(kNow + 6h));
}

TEST_CASE("a pass goes on where the last process stopped", "[hammertrack][reconcile]") {
    World world;
    std::size_t slices = 0;
    {
        Reconcile whole({.slice = 2, .fingerprint = "x"});
        World other;
        slices = other.run(whole);
    }
    std::size_t taken = 0;
    for (bool over = false; !over; ++taken) {
        Reconcile reconcile({.slice = 2, .fingerprint = "x"});  // a new process for each slice
        reconcile.load(world.memory);
        if (taken > 0) REQUIRE(reconcile.under_way());
        reconcile.step(world.tools(), kNow);
        over = !reconcile.under_way();
    }
    CHECK(taken == slices);
    CHECK(world.has("demo/sh_9", "yul"));
}

TEST_CASE("after a gap nothing is taken away before the next survey is complete", "[hammertrack][reconcile]") {
    World world;
    Reconcile reconcile({.slice = 3, .fingerprint = "x"});
    world.run(reconcile);
    reconcile.request(world.memory);
    CHECK(reconcile.due(kNow));
    CHECK(reconcile.removal() == Removal::not_yet);
    Reconcile restarted({.slice = 3, .fingerprint = "x"});
    restarted.load(world.memory);
    CHECK(restarted.due(kNow));
    CHECK(restarted.removal() == Removal::not_yet);
    world.run(restarted);
    CHECK(restarted.removal() == Removal::allowed);
}

TEST_CASE("a survey in which a gap fell does not count, and the next one does", "[hammertrack][reconcile]") {
    World world;
    Reconcile reconcile({.slice = 3, .fingerprint = "x"});
    reconcile.step(world.tools(), kNow);                     // t-0 to t-2
    world.tracker.tasks["t-00"] = {"comp", "s-9", {"lax"}};  // missed, and already passed by
    reconcile.request(world.memory);
    while (reconcile.removal() == Removal::not_yet)
        reconcile.step(world.tools(), kNow);
    CHECK(world.placements.find(task("t-00")));
    world.run(reconcile);
    CHECK(world.has("demo/sh_9", "lax"));
}

TEST_CASE("gaps that never cease do not keep a pass from its end", "[hammertrack][reconcile]") {
    World world;
    world.put("demo/sh_4", "muc");
    Reconcile reconcile({.slice = 3, .fingerprint = "x"});
    unsigned slices = 0;
    do {
        reconcile.step(world.tools(), kNow);
        reconcile.request(world.memory);
        CHECK(reconcile.removal() == Removal::not_yet);
        REQUIRE(++slices < 100);
    } while (reconcile.under_way());
    for (int i = 0; i < 10; ++i)
        CHECK(world.has("demo/sh_" + std::to_string(i), "yul"));
    CHECK(world.has("demo/sh_4", "muc"));
    CHECK(reconcile.due(kNow));  // one more, in which what has to go goes
    world.run(reconcile);
    CHECK_FALSE(world.has("demo/sh_4", "muc"));
}

TEST_CASE("a survey under way is not continued under other settings", "[hammertrack][reconcile]") {
    World world;
    Reconcile before({.slice = 3, .fingerprint = "x"});
    before.step(world.tools(), kNow);  // t-0 to t-2
    REQUIRE(before.under_way());
    for (const auto& [key, value] : world.memory.list("e/", "", 10))
        world.placements.erase(*entity_from(key.substr(2)));
    Reconcile after({.slice = 3, .fingerprint = "y"});
    after.load(world.memory);
    while (after.removal() == Removal::not_yet)
        after.step(world.tools(), kNow);
    CHECK(world.placements.find(task("t-0")));
}

TEST_CASE("other settings need another survey", "[hammertrack][reconcile]") {
    World world;
    Reconcile before({.slice = 3, .fingerprint = "x"});
    world.run(before);
    Reconcile after({.slice = 3, .fingerprint = "y"});
    after.load(world.memory);
    CHECK(after.removal() == Removal::not_yet);
}

TEST_CASE("a slice that fails comes again", "[hammertrack][reconcile]") {
    World world;
    Reconcile reconcile({.slice = 3, .fingerprint = "x"});
    reconcile.step(world.tools(), kNow);
    world.tracker.away = true;
    for (int i = 0; i < 3; ++i)
        CHECK_THROWS_AS(reconcile.step(world.tools(), kNow), foley::SiteError);
    world.tracker.away = false;
    world.run(reconcile);
    for (int i = 0; i < 10; ++i)
        CHECK(world.has("demo/sh_" + std::to_string(i), "yul"));
}

TEST_CASE("an entity whose folder appears later is labelled by a later pass", "[hammertrack][reconcile]") {
    World world;
    world.tracker.shots["s-x"] = "late";
    world.tracker.tasks["t-x"] = {"comp", "s-x", {"lax"}};
    Reconcile reconcile({.slice = 4, .fingerprint = "x"});
    world.run(reconcile);
    std::filesystem::create_directories(world.folder.path() / "demo/late");
    world.run(reconcile);
    CHECK(world.has("demo/late", "lax"));
}
