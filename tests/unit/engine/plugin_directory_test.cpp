#include "core/engine/plugin_directory.hpp"

#include "core/engine/library_store.hpp"
#include "core/engine/plugin_memo.hpp"
#include "core/engine/plugin_order.hpp"
#include "core/os/files.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include <sys/stat.h>

namespace fs = std::filesystem;
using namespace foley::core;
using namespace std::chrono_literals;

namespace {

struct TemporaryDirectory {
    TemporaryDirectory() {
        std::string name = (fs::temp_directory_path() / "foley-engine-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        path = name;
    }
    ~TemporaryDirectory() { fs::remove_all(path); }
    fs::path path;
};

void write(const fs::path& path, const std::string& content) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
}

PluginFile file(const std::string& name, std::uint64_t inode, const fs::path& directory = "/p") {
    PluginFile made;
    made.name = name;
    made.path = directory / (name + ".so");
    made.identity.inode = inode;
    return made;
}

DirectoryScan scan(std::vector<PluginFile> files) {
    DirectoryScan made;
    made.files = std::move(files);
    return made;
}

const SteadyTime kStart{1000h};

std::string this_library() {
    return read_file("/proc/self/exe");
}

}  // namespace

TEST_CASE("a scan lists the libraries by directory and name, and the first directory wins",
          "[engine][plugin_directory]") {
    const TemporaryDirectory home;
    write(home.path / "a" / "two.so", "x");
    write(home.path / "a" / "one.so", "x");
    write(home.path / "a" / "notes.txt", "x");
    write(home.path / "a" / ".hidden.so", "x");
    write(home.path / "a" / "bad name.so", "x");
    write(home.path / "b" / "one.so", "x");
    const DirectoryScan found = scan_plugin_directories({{home.path / "a"}, {home.path / "b"}}, {}, {});
    REQUIRE(found.files.size() == 2);
    CHECK(found.files[0].name == "one");
    CHECK(found.files[0].path == home.path / "a" / "one.so");
    CHECK(found.files[0].shadowed == (home.path / "b" / "one.so").string() +
                                         " is not used: " + (home.path / "a" / "one.so").string() +
                                         " has the same name and its directory comes first");
    CHECK(found.files[1].name == "two");
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].find("bad name.so: not taken as a plugin") != std::string::npos);
    CHECK_FALSE(found.incomplete);
}

TEST_CASE("a directory that uses only some lists the others, and these hide nothing", "[engine][plugin_directory]") {
    const TemporaryDirectory home;
    write(home.path / "a" / "one.so", "x");
    write(home.path / "a" / "three.so", "x");
    write(home.path / "a" / "two.so", "x");
    write(home.path / "b" / "one.so", "x");
    write(home.path / "c" / "three.so", "x");
    const DirectoryScan found = scan_plugin_directories({{home.path / "a", false, std::set<std::string>{"two"}},
                                                         {home.path / "b", false, std::nullopt},
                                                         {home.path / "c", false, std::set<std::string>{}}},
                                                        {}, {});
    REQUIRE(found.files.size() == 2);
    CHECK(found.files[0].path == home.path / "a" / "two.so");
    CHECK(found.files[1].path == home.path / "b" / "one.so");
    CHECK(found.files[1].shadowed.empty());
    REQUIRE(found.available.size() == 1);
    CHECK(found.available[0].path == home.path / "a" / "three.so");
}

TEST_CASE("a plugin that is not used any more is removed, also while another directory cannot be read",
          "[engine][plugin_tracker]") {
    PluginTracker tracker(500ms);
    tracker.update(scan({file("a", 1), file("b", 2)}), kStart);
    DirectoryScan found;
    found.incomplete = true;
    found.available = {file("a", 1)};
    CHECK(tracker.update(found, kStart + 1s).removed == std::vector<std::string>{"a"});
}

TEST_CASE("a directory that is not there removes nothing", "[engine][plugin_directory]") {
    const TemporaryDirectory home;
    const DirectoryScan found = scan_plugin_directories({{home.path / "nowhere"}}, {}, {});
    CHECK(found.incomplete);
    REQUIRE(found.problems.size() == 1);

    PluginTracker tracker(500ms);
    tracker.update(scan({file("a", 1)}), kStart);
    CHECK(tracker.update(found, kStart + 1s).removed.empty());
}

TEST_CASE("a directory that everybody can write is refused", "[engine][trust]") {
    const TemporaryDirectory home;
    fs::create_directories(home.path / "open");
    ::chmod((home.path / "open").c_str(), 0777);
    const DirectoryScan found = scan_plugin_directories({{home.path / "open"}}, {}, {});
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].find("everybody can write it") != std::string::npos);
}

TEST_CASE("a file counts as changed once it has been still for the settling time", "[engine][plugin_tracker]") {
    PluginTracker tracker(500ms);
    auto changes = tracker.update(scan({file("a", 1)}), kStart);
    REQUIRE(changes.appeared.size() == 1);
    CHECK(changes.settled.empty());
    CHECK(changes.look_again == kStart + 500ms);
    changes = tracker.update(scan({file("a", 2)}), kStart + 400ms);
    CHECK(changes.appeared.empty());
    CHECK(changes.look_again == kStart + 900ms);
    changes = tracker.update(scan({file("a", 2)}), kStart + 900ms);
    REQUIRE(changes.settled.size() == 1);
    CHECK_FALSE(changes.look_again);
    CHECK(tracker.update(scan({file("a", 2)}), kStart + 2s).settled.empty());
    CHECK(tracker.update(scan({}), kStart + 3s).removed == std::vector<std::string>{"a"});
    CHECK(tracker.update(scan({file("a", 2)}), kStart + 4s).appeared.size() == 1);
}

TEST_CASE("a library is copied aside under its content's name", "[engine][library_store]") {
    const TemporaryDirectory home;
    const LibraryStore store(home.path / "copies", {}, {});
    write(home.path / "p" / "one.so", this_library());
    const auto taken = store.take(file("one", 1, home.path / "p"));
    INFO(taken.refused);
    REQUIRE(taken.copy);
    CHECK(read_file(taken.copy->path) == this_library());
    CHECK(store.take(file("one", 1, home.path / "p")).copy == taken.copy);
}

TEST_CASE("a copy that is not what its name says is written anew, and never found", "[engine][library_store]") {
    const TemporaryDirectory home;
    const LibraryStore store(home.path / "copies", {}, {});
    write(home.path / "p" / "one.so", this_library());
    const LibraryCopy copy = *store.take(file("one", 1, home.path / "p")).copy;
    CHECK(store.find("one", copy.build) == copy);
    const std::string broken = GENERATE(std::string(), std::string("\x7f\x45\x4c\x46"), std::string(5000, 'x'));
    fs::remove(copy.path);
    write(copy.path, broken);
    CHECK_FALSE(store.find("one", copy.build));
    CHECK(store.take(file("one", 1, home.path / "p")).copy == copy);
    const bool whole = read_file(copy.path) == this_library();  // not shown in full when it is not
    CHECK(whole);
}

TEST_CASE("what is no whole library is refused in a sentence", "[engine][library_store]") {
    const TemporaryDirectory home;
    const LibraryStore store(home.path / "copies", {}, {});
    write(home.path / "p" / "text.so", "#!/bin/sh\n");
    auto taken = store.take(file("text", 1, home.path / "p"));
    CHECK_FALSE(taken.copy);
    CHECK_FALSE(taken.still_growing);
    CHECK(taken.refused.find("it is not an ELF file") != std::string::npos);

    const std::string whole = this_library();
    for (const std::size_t size : {std::size_t{2}, std::size_t{40}, std::size_t{5000}, whole.size() - 1}) {
        write(home.path / "p" / "half.so", whole.substr(0, size));
        taken = store.take(file("half", 1, home.path / "p"));
        INFO(size << ": " << taken.refused);
        CHECK_FALSE(taken.copy);
        CHECK(taken.still_growing);
    }
    CHECK(store.take(file("gone", 1, home.path / "p")).refused.find("cannot be opened") != std::string::npos);
}

TEST_CASE("a library that everybody can write is refused", "[engine][library_store][trust]") {
    const TemporaryDirectory home;
    const LibraryStore store(home.path / "copies", {}, {});
    write(home.path / "p" / "one.so", this_library());
    ::chmod((home.path / "p" / "one.so").c_str(), 0777);
    CHECK(store.take(file("one", 1, home.path / "p")).refused.find("everybody can write it") != std::string::npos);
}

TEST_CASE("old copies go, those in use stay", "[engine][library_store]") {
    const TemporaryDirectory home;
    const LibraryStore store(home.path / "copies", {}, {});
    std::vector<LibraryCopy> copies;
    for (int index = 0; index < 4; ++index) {
        write(home.path / "p" / "one.so", this_library() + std::string(static_cast<std::size_t>(index), 'x'));
        copies.push_back(*store.take(file("one", 1, home.path / "p")).copy);
        fs::last_write_time(copies.back().path, fs::file_time_type::clock::now() + std::chrono::hours(index));
    }
    store.prune("one", 2, {copies[0].build});
    CHECK(fs::exists(copies[0].path));
    CHECK_FALSE(fs::exists(copies[1].path));
    CHECK(fs::exists(copies[2].path));
    CHECK(fs::exists(copies[3].path));
}

TEST_CASE("a plugin's memo survives", "[engine][plugin_memo]") {
    const TemporaryDirectory home;
    CHECK_FALSE(PluginMemo::load(home.path / "one.json").disabled);
    PluginMemo memo;
    memo.disabled = PluginMemo::Disabled{"on_x, event 7: \"no\"", "b1", Sequence{7}, Timestamp(5s)};
    memo.paused = true;
    memo.last_crash = "one-1";
    memo.save(home.path / "plugins" / "one.json");
    const PluginMemo read = PluginMemo::load(home.path / "plugins" / "one.json");
    REQUIRE(read.disabled);
    CHECK(read.disabled->reason == "on_x, event 7: \"no\"");
    CHECK(read.disabled->build == "b1");
    CHECK(read.disabled->event == Sequence{7});
    CHECK(read.disabled->since == Timestamp(5s));
    CHECK(read.paused);
    CHECK(read.last_crash == "one-1");
    write(home.path / "plugins" / "one.json", "{");
    CHECK_THROWS_WITH(PluginMemo::load(home.path / "plugins" / "one.json"), Catch::Contains("is damaged"));
}

TEST_CASE("order comes from `after` and from strict directories, and cycles are cut and told",
          "[engine][plugin_order]") {
    EngineOptions options;
    options.directories = {{"/p", true}, {"/q", false}};
    options.plugins["a"].after = {"z"};
    const std::vector<PluginFile> files = {file("a", 1), file("b", 1), file("c", 1), file("z", 1, "/q")};
    const PluginOrder order(options, files);
    CHECK(order.before("a") == std::vector<std::string>{"z"});
    CHECK(order.before("b") == std::vector<std::string>{"a"});
    CHECK(order.before("c") == std::vector<std::string>{"b"});
    CHECK(order.behind("z") == std::vector<std::string>{"a"});
    CHECK(order.notes().empty());

    options.plugins["a"].after = {"c"};
    const PluginOrder cyclic(options, files);
    CHECK(cyclic.before("a") == std::vector<std::string>{"c"});
    CHECK(cyclic.notes().size() == 1);
}
