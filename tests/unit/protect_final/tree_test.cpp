#include "protect_final/tree.hpp"

#include "unit/rules/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

using namespace protect_final;
using Catch::Matchers::Contains;

namespace {

constexpr ModeChange kProtect{0222, 0};
constexpr ModeChange kRelease{0, 0200};

struct Share {
    void file(const std::string& path) const {
        std::filesystem::create_directories((root / path).parent_path());
        std::ofstream(root / path) << "x";
        ::chmod((root / path).c_str(), 0664);
    }
    mode_t mode(const std::string& path) const {
        struct stat status {};
        REQUIRE(::stat((root / path).c_str(), &status) == 0);
        return status.st_mode & 0777U;
    }
    TreeReport change(const std::string& path, ModeChange mode, Tree::Options options = {}) const {
        return Tree(std::move(options)).change(locate((root / path).string(), {root}, {}), mode);
    }

    plugin_tests::TemporaryFolder folder;
    std::filesystem::path root = folder.path();
};

}  // namespace

TEST_CASE("a folder becomes read-only with all in it, once, and writeable again", "[protect_final][tree]") {
    Share share;
    share.file("a/b/c.exr");
    share.file("a/d.exr");
    share.file("other.exr");
    const auto report = share.change("a", kProtect);
    CHECK(report.found);
    CHECK(report.changed == 4);
    CHECK(share.mode("a/b/c.exr") == 0444);
    CHECK((share.mode("a/b") & 0222U) == 0);
    CHECK((share.mode("a") & 0222U) == 0);
    CHECK(share.mode("other.exr") == 0664);
    CHECK(share.change("a", kProtect).changed == 0);
    CHECK(share.change("a", kRelease).changed == 4);
    CHECK(share.mode("a/b/c.exr") == 0644);
}

TEST_CASE("a file, and an image sequence, leave their neighbours alone", "[protect_final][tree]") {
    Share share;
    for (const char* name : {"f/x.1001.exr", "f/x.1002.exr", "f/x.mov", "f/y.1001.exr"})
        share.file(name);
    CHECK(share.change("f/x.mov", kProtect).changed == 1);
    const auto folder = share.mode("f");
    CHECK(share.change("f/x.%04d.exr", kProtect).changed == 2);
    CHECK(share.mode("f/x.1002.exr") == 0444);
    CHECK(share.mode("f/y.1001.exr") == 0664);
    CHECK(share.mode("f") == folder);
    CHECK_FALSE(share.change("f/z.%04d.exr", kProtect).found);
}

TEST_CASE("links are not followed, neither on the way nor beneath", "[protect_final][tree]") {
    Share share;
    Share outside;
    outside.file("secret/key");
    share.file("a/c.exr");
    std::filesystem::create_directory_symlink(outside.root / "secret", share.root / "a" / "link");
    std::filesystem::create_directory_symlink(outside.root / "secret", share.root / "way");
    const auto report = share.change("a", kProtect);
    CHECK(report.links == 1);
    CHECK(report.changed == 2);
    CHECK_THROWS_WITH(share.change("way", kProtect), Contains("symbolic link"));
    CHECK_THROWS_WITH(share.change("way/key", kProtect), Contains("symbolic link"));
    CHECK(outside.mode("secret/key") == 0664);
}

TEST_CASE("what is not there yet is not found", "[protect_final][tree]") {
    Share share;
    share.file("a/c.exr");
    CHECK_FALSE(share.change("b", kProtect).found);
    CHECK_FALSE(share.change("b/c/d", kProtect).found);
    CHECK_FALSE(share.change("a/c.exr/d", kProtect).found);
}

TEST_CASE("a root that is missing, empty or not mounted is away", "[protect_final][tree]") {
    Share share;
    CHECK_THROWS_WITH(share.change("a", kProtect), Contains("is empty"));
    share.file("a/c.exr");
    CHECK_THROWS_WITH(share.change("a", kProtect, {.mounted = true, .dry_run = false, .progress = {}}),
                      Contains("nothing is mounted"));
    CHECK_THROWS_AS(Tree({}).change({"/nowhere/at/all", {"a"}}, kProtect), TreeAway);
}

TEST_CASE("a dry run changes nothing and counts what it would", "[protect_final][tree]") {
    Share share;
    share.file("a/c.exr");
    CHECK(share.change("a", kProtect, {.mounted = false, .dry_run = true, .progress = {}}).changed == 2);
    CHECK(share.mode("a/c.exr") == 0664);
}

TEST_CASE("a large tree tells how far it is", "[protect_final][tree]") {
    Share share;
    for (int i = 0; i < 1'200; ++i)
        share.file("a/" + std::to_string(i));
    int told = 0;
    CHECK(share.change("a", kProtect, {.mounted = false, .dry_run = false, .progress = [&](const auto&) { ++told; }})
              .changed == 1'201);
    CHECK(told == 2);
}
