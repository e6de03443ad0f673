#include "hammertrack/follower.hpp"

#include "follow_world.hpp"
#include "hammertrack/errors.hpp"
#include "hammertrack/reconcile.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace hammertrack;
using namespace hammertrack_test;

TEST_CASE("labels are added first, then removed, and what stays is not touched", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul", "lax"};
    CHECK(world.follow({task("t-1")}).changed == 1);
    world.store->done.clear();
    world.tracker.tasks["t-1"].values = {"lax", "muc"};
    CHECK(world.follow({task("t-1")}).changed == 1);
    CHECK(world.store->done == std::vector<std::string>{"add muc demo/sh_010", "remove yul demo/sh_010"});
    CHECK(world.follow({task("t-1")}).changed == 0);
    CHECK(world.labels("demo/sh_010") == Names{"lax", "muc"});
}

TEST_CASE("one task's change never takes away what another task of the shot asked for", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul", "lax"};
    world.tracker.tasks["t-2"].values = {"lax"};
    CHECK(world.follow({task("t-1")}).changed == 1);
    world.tracker.tasks["t-1"].values = {};
    world.follow({task("t-1")});
    CHECK(world.labels("demo/sh_010") == Names{"lax"});
    world.tracker.tasks.erase("t-1");
    world.follow({task("t-1")});
    CHECK(world.labels("demo/sh_010") == Names{"lax"});
    world.tracker.tasks["t-2"].values = {};
    world.follow({task("t-2")});
    CHECK(world.labels("demo/sh_010").empty());
    CHECK(world.memory.list("", "", 100).empty());
}

TEST_CASE("a version keeps the labels of a folder that a task leaves", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.tracker.versions["v-1"] = {{{"c-1", "demo/sh_010/main.%04d.exr"}}, {"yul"}};
    world.follow({task("t-1"), version("v-1")});
    world.tracker.tasks["t-1"].values = {};
    CHECK(world.follow({task("t-1")}).changed == 0);
    CHECK(world.labels("demo/sh_010") == Names{"yul"});
}

TEST_CASE("a value that is in no menu is named and goes nowhere", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul", "mars", "x\") #objectives=y(\""};
    const auto report = world.follow({task("t-1")});
    REQUIRE(report.unknown.size() == 2);
    CHECK_THAT(report.unknown[0],
               Catch::Contains("\"mars\"") && Catch::Contains("event e-1") && Catch::Contains("t-1"));
    CHECK(world.store->done == std::vector<std::string>{"add yul demo/sh_010"});
}

TEST_CASE("a task that moved labels its new folder before it clears the old one", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.store->done.clear();
    world.tracker.tasks["t-1"].shot = "id-sh_020";
    world.follow({task("t-1")});
    CHECK(world.store->done == std::vector<std::string>{"add yul demo/sh_020", "remove yul demo/sh_010"});
}

TEST_CASE("a renamed shot keeps the labels of its old folder until the new one exists", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.tracker.shots["id-sh_010"] = "sh_999";
    CHECK(world.placements.beneath("id-sh_010") == std::set<Entity>{task("t-1")});
    CHECK(world.follow({task("t-1")}).missing.size() == 1);
    CHECK(world.labels("demo/sh_010") == Names{"yul"});
    SECTION("it is made anew") {
        std::filesystem::create_directories(world.folder.path() / "demo/sh_999");
        CHECK(world.follow({task("t-1")}).missing.empty());
        CHECK(world.labels("demo/sh_999") == Names{"yul"});
        CHECK(world.labels("demo/sh_010").empty());
    }
    SECTION("the folder itself is renamed, labels and all") {
        std::filesystem::rename(world.folder.path() / "demo/sh_010", world.folder.path() / "demo/sh_999");
        world.store->done.clear();
        CHECK(world.follow({task("t-1")}).missing.empty());
        CHECK(world.store->done.empty());
        CHECK(world.placements.find(task("t-1"))->paths == std::set<SharePath>{SharePath::relative("demo/sh_999")});
    }
    SECTION("it never comes: given up, the old folder is cleared and the new one stays remembered") {
        CHECK(world.follow({task("t-1")}, false).missing.size() == 1);
        CHECK(world.labels("demo/sh_010").empty());
        CHECK(world.placements.find(task("t-1"))->paths == std::set<SharePath>{SharePath::relative("demo/sh_999")});
        std::filesystem::create_directories(world.folder.path() / "demo/sh_999");
        world.follow({task("t-1")});
        CHECK(world.labels("demo/sh_999") == Names{"yul"});
    }
}

TEST_CASE("a deleted entity leaves its labels behind only where others want them", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.tracker.tasks["t-3"].values = {"yul"};
    world.follow({task("t-1"), task("t-3")});
    world.tracker.tasks.erase("t-1");
    world.follow({task("t-1")});
    CHECK(world.labels("demo/sh_010").empty());
    CHECK(world.labels("demo/sh_020") == Names{"yul"});
    CHECK_FALSE(world.placements.find(task("t-1")));
}

TEST_CASE("two spellings of one folder are one path", "[hammertrack][follower]") {
    World world;
    std::filesystem::create_symlink("sh_010", world.folder.path() / "demo/alias");
    world.tracker.shots["id-alias"] = "alias";
    world.tracker.tasks["t-9"] = {"comp", "id-alias", {"lax"}};
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.follow({task("t-9")});
    CHECK(world.labels("demo/sh_010") == Names{"lax", "yul"});
    world.tracker.tasks["t-9"].values = {};
    world.follow({task("t-9")});
    CHECK(world.labels("demo/sh_010") == Names{"yul"});
}

TEST_CASE("a folder that was missing and now is a link to another keeps that one's labels", "[hammertrack][follower]") {
    World world;
    world.tracker.shots["id-alias"] = "alias";
    world.tracker.tasks["t-9"] = {"comp", "id-alias", {"lax"}};
    world.follow({task("t-9")}, false);
    std::filesystem::create_symlink("sh_010", world.folder.path() / "demo/alias");
    world.follow({task("t-9")});
    CHECK(world.labels("demo/sh_010") == Names{"lax"});
    CHECK(world.placements.find(task("t-9"))->paths == std::set<SharePath>{SharePath::relative("demo/sh_010")});
}

TEST_CASE("what the share refuses is reported, stays remembered and hinders no other path", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.tracker.tasks["t-3"].values = {"yul"};
    world.store->rejected = {"demo/sh_010"};
    CHECK(world.follow({task("t-1"), task("t-3")}).rejected.size() == 1);
    CHECK(world.labels("demo/sh_020") == Names{"yul"});
    CHECK(world.placements.find(task("t-1")));
    SECTION("also when it should be cleared") {
        world.tracker.tasks["t-3"].values = {};
        world.store->rejected = {"demo/sh_020"};
        CHECK(world.follow({task("t-3")}).rejected.size() == 1);
        CHECK(world.placements.find(task("t-3")));
        world.store->rejected.clear();
        world.follow({task("t-3")});
        CHECK_FALSE(world.placements.find(task("t-3")));
    }
}

TEST_CASE("a label that is not there after it was added is an error", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.store->not_kept = {"demo/sh_010"};
    const auto report = world.follow({task("t-1")});
    REQUIRE(report.rejected.size() == 1);
    CHECK_THAT(report.rejected[0], Catch::Contains("although it was added"));
    world.store->not_kept.clear();
    world.follow({task("t-1")});
    world.tracker.tasks["t-1"].values = {};
    world.store->not_kept = {"demo/sh_010"};
    CHECK_THAT(world.follow({task("t-1")}).rejected.at(0), Catch::Contains("although it was removed"));
}

TEST_CASE("a share or a site that is away changes nothing, not even the memory", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    SECTION("share") {
        world.store->away = true;
        CHECK_THROWS_AS(world.follow({task("t-1")}), ShareAway);
    }
    SECTION("site") {
        world.tracker.away = true;
        CHECK_THROWS_AS(world.follow({task("t-1")}), foley::SiteError);
    }
    CHECK(world.memory.list("", "", 10).empty());
    CHECK(world.store->done.empty());
}

TEST_CASE("nothing is removed before it is known who else wants it, and it is not forgotten",
          "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.tracker.tasks["t-1"].values = {"lax"};
    world.follow({task("t-1")}, true, Removal::not_yet);
    CHECK(world.labels("demo/sh_010") == Names{"lax", "yul"});
    world.tracker.tasks["t-1"].values = {};
    world.follow({task("t-1")}, true, Removal::not_yet);
    CHECK(world.labels("demo/sh_010") == Names{"lax", "yul"});
    REQUIRE(world.placements.find(task("t-1")));
    world.follow({task("t-1")});
    CHECK(world.labels("demo/sh_010").empty());
}

TEST_CASE("a path that is never labelled is told and done with", "[hammertrack][follower]") {
    World world;
    world.tracker.shots["id-sh_010"] = "日本";
    world.tracker.tasks["t-1"].values = {"yul"};
    world.tracker.versions["v-1"] = {{{"c-1", "../x"}, {"c-2", "main.%04d.exr"}, {"c-3", "/mnt/hs"}, {"c-4", ""}},
                                     {"yul"}};
    CHECK(world.follow({task("t-1"), version("v-1")}).refused.size() == 5);
    CHECK(world.store->done.empty());
}

TEST_CASE("a dry run says what it would do and does nothing", "[hammertrack][follower]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    Labeller dry(world.share, world.menu, true, world.journal.log());
    Follower(world.tracker, world.share, dry, world.menu, world.placements, world.journal.log(), {})
        .follow({task("t-1")});
    CHECK(world.store->done.empty());
    CHECK(world.journal.says("dry run: would label demo/sh_010: add yul"));
}

// ── the property: after any sequence of changes, handled late, twice or not at all, the labels equal the model
// ────────

namespace {

class Story {
public:
    explicit Story(unsigned seed) : random_(seed) {
        for (int i = 0; i < 6; ++i) {
            const std::string name = "sh_" + std::to_string(i);
            std::filesystem::create_directories(world.folder.path() / "demo" / name);
            world.tracker.shots["s-" + std::to_string(i)] = name;
        }
        for (int i = 0; i < 8; ++i)
            world.tracker.tasks["t-" + std::to_string(i)] = {"comp", shot(), {}};
        for (int i = 0; i < 3; ++i)
            world.tracker.versions["v-" + std::to_string(i)] = {{}, {}};
    }

    // One change on the site; the entity joins those whose events are still to come.
    void change() {
        auto& tracker = world.tracker;
        const std::string id = std::to_string(pick(8));
        const std::string version_id = "v-" + std::to_string(pick(3));
        switch (pick(8)) {
            case 0:
                tracker.tasks.erase("t-" + id);
                break;
            case 1:
                tracker.tasks["t-" + id].shot = shot();
                break;
            case 2:
                tracker.versions[version_id].components["c-" + version_id] = "demo/sh_" + std::to_string(pick(6));
                return pending_.push_back(version(version_id));
            case 3:
                tracker.versions[version_id].components.clear();
                return pending_.push_back(version(version_id));
            case 4:
                tracker.versions[version_id].values = values();
                return pending_.push_back(version(version_id));
            default:
                if (tracker.tasks.count("t-" + id) == 0) tracker.tasks["t-" + id] = {"comp", shot(), {}};
                tracker.tasks["t-" + id].values = values();
        }
        pending_.push_back(task("t-" + id));
    }

    // Handles some of the events, in any order; forgets none unless `lose`.
    void handle(bool lose) {
        std::shuffle(pending_.begin(), pending_.end(), random_);
        while (!pending_.empty() && pick(4) != 0) {
            const Entity entity = pending_.back();
            if (pick(3) != 0) pending_.pop_back();  // else it comes again
            if (lose && pick(4) == 0) continue;
            world.follow({entity});
        }
    }
    void handle_all() {
        for (const Entity& entity : pending_)
            world.follow({entity});
        pending_.clear();
    }
    void reconcile() {
        Reconcile pass({.slice = 3, .fingerprint = "x"});
        pass.load(world.memory);
        pass.request(world.memory);
        const auto follower = [&](Removal removal) {
            Follower::Options options;
            options.removal = removal;
            return Follower(world.tracker, world.share, world.labeller, world.menu, world.placements,
                            world.journal.log(), options);
        };
        do {
            pass.step({world.memory, world.tracker, world.placements, follower, world.journal.log()},
                      Reconcile::Time{});
        } while (pass.under_way());
    }
    void check() {
        const auto wanted = world.tracker.wanted(world.menu);
        for (int i = 0; i < 6; ++i) {
            const std::string path = "demo/sh_" + std::to_string(i);
            const auto found = wanted.find(path);
            CAPTURE(path);
            REQUIRE(world.labels(path) == (found == wanted.end() ? Names{} : found->second));
        }
    }

    World world;

private:
    unsigned pick(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }
    std::string shot() { return "s-" + std::to_string(pick(6)); }
    Values values() {
        Values result;
        for (const auto& [value, name] : kOptions) {
            if (pick(3) == 0) result.push_back(value);
        }
        if (pick(8) == 0) result.emplace_back("mars");
        return result;
    }

    std::mt19937 random_;
    std::vector<Entity> pending_;
};

}  // namespace

TEST_CASE("whatever happens in whatever order, the labels end as ftrack says", "[hammertrack][follower][property]") {
    for (unsigned seed = 1; seed <= 25; ++seed) {
        CAPTURE(seed);
        Story story(seed);
        for (int round = 0; round < 12; ++round) {
            story.change();
            story.change();
            story.handle(false);
        }
        story.handle_all();
        story.check();
    }
}

TEST_CASE("what was missed is mended by a reconciliation", "[hammertrack][reconcile][property]") {
    for (unsigned seed = 100; seed <= 120; ++seed) {
        CAPTURE(seed);
        Story story(seed);
        for (int round = 0; round < 12; ++round) {
            story.change();
            story.change();
            story.handle(true);
        }
        story.reconcile();
        story.check();
    }
}
