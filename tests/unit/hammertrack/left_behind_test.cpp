// What an entity leaves behind where it was: labels that must go, and those that others want.
#include "follow_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace hammertrack;
using namespace hammertrack_test;
namespace fs = std::filesystem;

namespace {

SharePath path(const std::string& text) {
    return SharePath::relative(text);
}

bool removed_anything(const World& world) {
    return std::any_of(world.store->done.begin(), world.store->done.end(),
                       [](const std::string& each) { return each.find("remove") == 0; });
}

}  // namespace

TEST_CASE("a folder that is missing when its task is cleared is cleared when it comes back",
          "[hammertrack][left_behind]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    const auto folder = world.folder.path() / "demo/sh_010";
    fs::rename(folder, world.folder.path() / "aside");
    SECTION("the task is cleared") {
        world.tracker.tasks["t-1"].values = {};
    }
    SECTION("the task is deleted") {
        world.tracker.tasks.erase("t-1");
    }
    SECTION("the task moves") {
        world.tracker.tasks["t-1"].shot = "id-sh_020";
    }
    CHECK(world.follow({task("t-1")}).missing.empty());
    REQUIRE(world.placements.find(task("t-1")));
    CHECK(world.placements.find(task("t-1"))->behind.count(path("demo/sh_010")) == 1);
    CHECK(world.placements.at(path("demo/sh_010")).empty());
    fs::rename(world.folder.path() / "aside", folder);
    world.follow({task("t-1")});
    CHECK(world.labels("demo/sh_010").empty());
    const auto placement = world.placements.find(task("t-1"));
    CHECK((!placement || placement->behind.empty()));
}

TEST_CASE("what was left behind asks for nothing any more", "[hammertrack][left_behind]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    fs::remove(world.folder.path() / "demo/sh_010");
    world.tracker.tasks["t-1"].shot = "id-sh_020";
    world.follow({task("t-1")});
    fs::create_directory(world.folder.path() / "demo/sh_010");
    world.tracker.tasks["t-2"].values = {"lax"};
    world.follow({task("t-2")});
    CHECK(world.labels("demo/sh_010") == Names{"lax"});
}

TEST_CASE("a path that stays missing is forgotten after a month", "[hammertrack][left_behind]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    fs::remove(world.folder.path() / "demo/sh_010");
    world.tracker.tasks.erase("t-1");
    world.follow({task("t-1")});
    world.now += std::chrono::hours(24 * 29);
    world.follow({task("t-1")});
    CHECK(world.placements.find(task("t-1")));
    world.now += std::chrono::hours(24);
    world.follow({task("t-1")});
    CHECK(world.memory.list("", "", 10).empty());
}

TEST_CASE("an answer that is none does not say that a label is gone", "[hammertrack][left_behind][labeller]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.tracker.tasks["t-1"].values = {};
    SECTION("before anything is done") {
        world.store->unwell = {"demo/sh_010"};
    }
    SECTION("after it was removed, as it seems") {
        world.store->not_kept = {"demo/sh_010"};
        world.store->sicken = {"demo/sh_010"};
    }
    const auto report = world.follow({task("t-1")});
    CHECK(report.rejected.size() == world.store->sicken.size());
    REQUIRE(world.placements.find(task("t-1")));
    world.store->unwell.clear();
    world.store->sicken.clear();
    world.store->not_kept.clear();
    world.follow({task("t-1")});
    CHECK(world.labels("demo/sh_010").empty());
    CHECK_FALSE(world.placements.find(task("t-1")));
}

TEST_CASE("a task that leaves takes nothing from one whose own event is still to come", "[hammertrack][left_behind]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.tracker.tasks["t-2"].values = {"yul"};
    SECTION("it moves") {
        world.tracker.tasks["t-1"].shot = "id-sh_020";
    }
    SECTION("it moves to where there is no folder yet") {
        world.tracker.shots["id-new"] = "new";
        world.tracker.tasks["t-1"].shot = "id-new";
        world.follow({task("t-1")});
        fs::create_directory(world.folder.path() / "demo/new");
    }
    SECTION("it is deleted") {
        world.tracker.tasks.erase("t-1");
    }
    world.follow({task("t-1")});
    CHECK_FALSE(removed_anything(world));
    world.follow({task("t-2")});
    CHECK(world.labels("demo/sh_010") == Names{"yul"});
    CHECK_FALSE(removed_anything(world));
}

TEST_CASE("a task that ftrack tells only a part of keeps its labels and labels nothing", "[hammertrack][left_behind]") {
    World world;
    world.tracker.tasks["t-1"].values = {"yul"};
    world.follow({task("t-1")});
    world.tracker.unclear = {"t-1"};
    world.store->done.clear();
    CHECK(world.follow({task("t-1")}).refused.size() == 1);
    CHECK(world.store->done.empty());
    CHECK(world.placements.find(task("t-1"))->paths == std::set<SharePath>{path("demo/sh_010")});
}
