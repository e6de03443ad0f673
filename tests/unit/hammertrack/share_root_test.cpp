#include "hammertrack/share_root.hpp"

#include "hammertrack/errors.hpp"
#include "share_fixture.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace hammertrack;
using namespace hammertrack_test;

TEST_CASE("links are followed beneath the share and nowhere else", "[hammertrack][share_root]") {
    const Folder outside;
    const Folder folder;
    make_demo_tree(folder.path());
    const auto link = [&](const std::filesystem::path& target, const std::string& name) {
        std::filesystem::create_symlink(target, folder.path() / name);
    };
    link("demo/sh_010", "inside");
    link(folder.path() / "demo/sh_010", "inside_absolute");
    link("sh_010/main.exr", "demo/file");
    link(outside.path(), "outside");
    link("..", "up");
    link(".", "self");
    link("demo/../..", "demo_up");
    link("nowhere", "dangling");
    link("loop", "loop");
    const ShareRoot root(folder.path().string());
    const auto real = [&](const std::string& path) { return root.find(SharePath::relative(path))->path().text(); };

    CHECK(real("demo/sh_010") == "demo/sh_010");
    CHECK(real("inside") == "demo/sh_010");
    CHECK(real("inside/main.exr") == "demo/sh_010/main.exr");
    CHECK(real("inside_absolute") == "demo/sh_010");
    CHECK(real("demo/file") == "demo/sh_010/main.exr");
    for (const std::string path : {"outside", "up", "self", "demo_up"}) {
        CAPTURE(path);
        CHECK_THROWS_AS(real(path), PathRefused);
    }
    CHECK_THROWS_WITH(real("self"), Catch::Contains("the share itself"));
    CHECK_THROWS_AS(real("dangling"), EntryMissing);
    CHECK_THROWS_AS(real("loop"), Rejected);
    CHECK_THROWS_AS(real("demo/sh_010/main.exr/x"), EntryMissing);
    CHECK_THROWS_AS(real("demo/none"), EntryMissing);
}

TEST_CASE("what is neither file nor folder is refused", "[hammertrack][share_root]") {
    const Folder folder;
    REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK_THROWS_AS(ShareRoot(folder.path().string()).find(SharePath::relative("pipe")), PathRefused);
}

TEST_CASE("a root that is not there means that the share is away", "[hammertrack][share_root]") {
    const Folder folder;
    CHECK_THROWS_AS(ShareRoot((folder.path() / "none").string()), ShareAway);
}

TEST_CASE("a mount has another identity than the folder below it", "[hammertrack][share_root]") {
    if (!can_mount()) return;
    const Folder backing;
    const Folder mount_point;
    const auto before = ShareRoot(mount_point.path().string()).identity();
    CHECK(before == ShareRoot(mount_point.path().string()).identity());
    const foley::sites::MountedShare share(backing.path(), mount_point.path());
    CHECK_FALSE(before == ShareRoot(mount_point.path().string()).identity());
}
