#include "make_folders/folder_tree.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

using namespace make_folders;
using Texts = std::vector<std::string>;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

struct Root {
    Root() {
        std::string name = (fs::temp_directory_path() / "folder_tree_XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
        std::ofstream(path / "marker") << "x";
    }
    ~Root() { fs::remove_all(path); }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    FolderTree tree() const { return {path.string(), ""}; }
    fs::path path;
};

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("folders are made with all above them, once", "[make_folders][folder_tree]") {
    const Root root;
    CHECK(root.tree().make("a/b/c", {}, true) == Texts{"a", "a/b", "a/b/c"});
    CHECK_FALSE(fs::exists(root.path / "a"));
    CHECK(root.tree().make("a/b/c", {}) == Texts{"a", "a/b", "a/b/c"});
    CHECK(root.tree().make("a/b/c", {}).empty());
    CHECK(root.tree().make("a/b/d", {}) == Texts{"a/b/d"});
    CHECK(root.tree().has("a/b/d"));
    CHECK_FALSE(root.tree().has("a/x/d"));
}

TEST_CASE("new folders get their mode, old ones keep theirs, half made ones are finished",
          "[make_folders][folder_tree]") {
    const Root root;
    const Rights rights{.mode = 02775, .owner = {}, .group = ::getegid()};
    fs::create_directory(root.path / "old");
    ::chmod((root.path / "old").c_str(), 0755);
    ::mkdir((root.path / "half").c_str(), 0700);
    root.tree().make("old/new", rights);
    root.tree().make("half", rights);
    CHECK(mode_of(root.path / "old") == 0755);
    CHECK(mode_of(root.path / "old/new") == 02775);
    CHECK(mode_of(root.path / "half") == 02775);
}

TEST_CASE("a link is followed beneath the root and never out of it", "[make_folders][folder_tree]") {
    const Root root, other;
    fs::create_directory(root.path / "real");
    fs::create_directory_symlink("real", root.path / "inside");
    fs::create_directory_symlink(other.path, root.path / "outside");
    root.tree().make("inside/a", {});
    CHECK(fs::exists(root.path / "real/a"));
    CHECK_THROWS_AS(root.tree().make("outside/a", {}), FolderRefused);
    CHECK_FALSE(fs::exists(other.path / "a"));
}

TEST_CASE("a file in the way is an error, a root that is not there is waited for", "[make_folders][folder_tree]") {
    const Root root;
    std::ofstream(root.path / "file") << "x";
    CHECK_THROWS_WITH(root.tree().make("file", {}), Contains("is no folder"));
    CHECK_THROWS_AS(root.tree().make("file/a", {}), FolderRefused);
    CHECK_THROWS_AS(FolderTree((root.path / "gone").string(), "").check(), TreeAway);
    CHECK_THROWS_AS(FolderTree((root.path / "gone").string(), "").make("a", {}), TreeAway);
    fs::create_directory(root.path / "empty");
    CHECK_THROWS_WITH(FolderTree((root.path / "empty").string(), "").check(), Contains("is empty"));
    CHECK_THROWS_WITH(FolderTree(root.path.string(), root.path.string()).check(), Contains("Nothing is mounted"));
    CHECK_NOTHROW(FolderTree(root.path.string(), "/proc").check());
    CHECK_NOTHROW(root.tree().check());
}
