#include "core/source/file/rotation.hpp"

#include "core/source/file/file_cursor.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>

#include <stdlib.h>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

constexpr FileTime kMorning{std::chrono::hours(24 * 365 * 50)};

// A folder that is only described: each name with the time of its last change, in seconds after the morning.
struct Folder {
    void add(const std::string& name, std::chrono::nanoseconds changed) {
        auto parsed = RotatedName::parse(name, "log");
        REQUIRE(parsed);
        siblings.push_back({name, *parsed, {1, siblings.size() + 10}, kMorning + changed});
    }
    FileKey key(const std::string& name) const {
        for (const auto& sibling : siblings) {
            if (sibling.path == name) return sibling.key;
        }
        return {1, 1};  // somewhere else
    }
    // The file that was finished is the one of that name; it was last changed at `changed`, begun at `begun`.
    Succession after(const std::string& name, std::chrono::nanoseconds changed, std::chrono::nanoseconds begun = 0s,
                     bool seen_going = false) const {
        return succession(siblings, {key(name), kMorning + changed, kMorning + begun, seen_going}, {1, 2},
                          [this](const Sibling& sibling) { return read.count(sibling.path.string()) != 0; });
    }
    std::vector<Sibling> siblings;
    std::set<std::string> read;
};

std::string name_of(const Succession& succession) {
    return succession.next ? succession.next->path.string() : "the file at the path";
}

}  // namespace

TEST_CASE("names of the usual rotation schemes count, and no others", "[source][rotation]") {
    for (const char* name : {"log.1", "log.01", "log-20260101", "log.20260101", "log-20260101.2", "log.1.gz", "log.3.1",
                             "log-1.xz", "log.1.bz2", "log-20260101.2.zst"})
        CHECK(RotatedName::parse(name, "log"));
    for (const char* name : {"log", "log.", "log-", "log.a", "log.1a", "log.1.", "log.1.b", "log.gz", "log.1.gz.tmp",
                             "log_1", "other.1", "log.1.2.3", "log1", "log.1-2"})
        CHECK_FALSE(RotatedName::parse(name, "log"));
    CHECK(RotatedName::parse("log.1.gz", "log")->compressed);
    CHECK_FALSE(RotatedName::parse("log.1", "log")->compressed);
}

TEST_CASE("numbers fall with age and dates rise", "[source][rotation]") {
    const auto age = [](const char* a, const char* b) {
        return RotatedName::parse(a, "log")->age(*RotatedName::parse(b, "log"));
    };
    CHECK(std::is_lt(age("log.2", "log.1")));
    CHECK(std::is_lt(age("log.10", "log.9")));
    CHECK(std::is_eq(age("log.01", "log.1.gz")));
    CHECK(std::is_lt(age("log-20251231", "log-20260101")));
    CHECK(std::is_lt(age("log.20251231", "log.20260101")));
    CHECK(std::is_lt(age("log-20260101", "log-20260101.1")));
    CHECK(std::is_lt(age("log-20260101.1", "log-20260101.2")));
    CHECK(age("log.1", "log-1") == std::partial_ordering::unordered);
    CHECK(age("log.1", "log.20260101") == std::partial_ordering::unordered);
}

TEST_CASE("what lies between the finished file and the present one comes next, in order", "[source][rotation]") {
    Folder folder;
    folder.add("log.4", 10s);
    folder.add("log.3", 20s);
    folder.add("log.2", 30s);
    folder.add("log.1", 40s);
    CHECK(name_of(folder.after("log.3", 20s, 15s)) == "log.2");
    CHECK(name_of(folder.after("log.2", 30s, 25s)) == "log.1");
    CHECK(name_of(folder.after("log.1", 40s, 35s)) == "the file at the path");
    CHECK_FALSE(folder.after("log.3", 20s, 15s).gap);
    CHECK_FALSE(folder.after("log.1", 40s, 35s).gap);
}

TEST_CASE("dated files come in the order of their times", "[source][rotation]") {
    Folder folder;
    folder.add("log-20260101", 10s);
    folder.add("log-20260102", 20s);
    folder.add("log-20260102.1", 21s);
    const auto next = folder.after("log-20260101", 10s, 1s);
    CHECK(name_of(next) == "log-20260102");
    CHECK_FALSE(next.gap);
    CHECK(name_of(folder.after("log-20260102", 20s, 11s)) == "log-20260102.1");
}

TEST_CASE("equal times are told apart by the numbers", "[source][rotation]") {
    Folder folder;
    folder.add("log.1", 10s);
    folder.add("log.2", 10s);
    folder.add("log.3", 10s);
    const auto next = folder.after("log.3", 10s, 10s);
    CHECK(name_of(next) == "log.2");
    CHECK_FALSE(next.gap);
    CHECK(name_of(folder.after("log.2", 10s, 10s)) == "log.1");
    CHECK(name_of(folder.after("log.1", 10s, 10s)) == "the file at the path");
}

TEST_CASE("equal times and numbers of different schemes leave a gap", "[source][rotation]") {
    Folder folder;
    folder.add("log.1", 10s);
    folder.add("log.2", 20s);
    folder.add("log-20260101", 20s);
    const auto next = folder.after("log.1", 10s, 1s);
    CHECK(next.gap);
    CHECK(next.next);
}

TEST_CASE("a file that has been read is not read again, though it was changed since", "[source][rotation]") {
    Folder folder;
    folder.add("log.2", 50s);
    folder.add("log.1", 20s);
    folder.read = {"log.2"};
    const auto next = folder.after("log.1", 20s, 15s);
    CHECK(name_of(next) == "the file at the path");
    CHECK_FALSE(next.gap);
}

TEST_CASE("a file that is older by its number and newer by its time leaves a gap", "[source][rotation]") {
    Folder folder;
    folder.add("log.2", 50s);
    folder.add("log.1", 20s);
    const auto next = folder.after("log.1", 20s, 15s);
    CHECK(name_of(next) == "the file at the path");
    CHECK(next.gap);
}

TEST_CASE("a file that was written while the finished one was leaves a gap", "[source][rotation]") {
    Folder folder;
    folder.add("log.2", 30s);  // a program kept it open
    folder.add("log.1", 20s);
    CHECK(folder.after("log.2", 30s, 15s).gap);
    CHECK_FALSE(folder.after("log.2", 30s, 25s).gap);  // older than all that was read of it
}

TEST_CASE("a compressed file in between leaves a gap, and what comes after it is read", "[source][rotation]") {
    Folder folder;
    folder.add("log.3", 10s);
    folder.add("log.2.gz", 20s);
    folder.add("log.1", 30s);
    const auto next = folder.after("log.3", 10s, 1s);
    CHECK(name_of(next) == "log.1");
    REQUIRE(next.gap);
    CHECK(next.gap->find("log.2.gz was compressed") == 0);
    CHECK_FALSE(folder.after("log.1", 30s, 11s).gap);
}

TEST_CASE("the finished file itself, compressed, is no gap", "[source][rotation]") {
    const auto* const name = GENERATE("log.1.gz", "log.1.bz2");
    Folder folder;
    folder.add(name, std::string(name) == "log.1.gz" ? 10s + 5ms : 10s);  // bzip2 keeps the seconds
    const auto next = folder.after("gone", 10s + 5ms, 1s);
    CHECK(name_of(next) == "the file at the path");
    CHECK_FALSE(next.gap);
}

TEST_CASE("a file that is being compressed is still read", "[source][rotation]") {
    Folder folder;
    folder.add("log.2", 10s);
    folder.add("log.1", 20s);
    folder.add("log.1.gz", 99s);
    const auto next = folder.after("log.2", 10s, 1s);
    CHECK(name_of(next) == "log.1");
    CHECK_FALSE(next.gap);
}

TEST_CASE("a finished file that left no trace leaves a gap, unless it was seen going", "[source][rotation]") {
    const Folder folder;
    CHECK(folder.after("gone", 10s, 1s).gap);
    CHECK_FALSE(folder.after("gone", 10s, 1s, true).gap);
}

TEST_CASE("siblings are regular files with such names, each with its time", "[source][rotation]") {
    std::string pattern = (std::filesystem::temp_directory_path() / "foley-rotation-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    const std::filesystem::path folder = pattern;
    for (const char* name : {"log", "log.1", "log.note", "log-20260101.gz"})
        std::ofstream(folder / name) << "{}\n";
    std::filesystem::create_directory(folder / "log.2");
    std::filesystem::create_symlink(folder / "log.1", folder / "log.3");
    std::filesystem::create_symlink(folder / "nowhere", folder / "log.4");
    const auto siblings = rotated_siblings(folder / "log");
    REQUIRE(siblings);
    std::set<std::string> names;
    for (const auto& sibling : *siblings) {
        names.insert(sibling.path.filename().string());
        const auto file = FollowedFile::open(sibling.path);
        CHECK(file->key() == sibling.key);
        CHECK(file->changed() == sibling.changed);
    }
    CHECK(names == std::set<std::string>{"log.1", "log-20260101.gz"});
    std::filesystem::remove_all(folder);
}

TEST_CASE("a cursor comes back from its text, and older texts are understood", "[source][rotation]") {
    FileCursor cursor{7, 300, {1, 2}, "abc:256", Timestamp(5s), {}};
    for (std::uint64_t i = 0; i < FileCursor::kRemembered + 1; ++i)
        cursor.remember({{3, i}, i * 10, "m:1"});
    const auto back = FileCursor::parse(cursor.text());
    REQUIRE(back);
    CHECK(back->generation == 7);
    CHECK(back->offset == 300);
    CHECK(back->file == FileKey{1, 2});
    CHECK(back->before == "abc:256");
    CHECK(back->heard == Timestamp(5s));
    CHECK(back->finished == cursor.finished);
    CHECK(back->finished.size() == FileCursor::kRemembered);
    CHECK(back->finished.front().file.inode == 1);
    const auto old =
        FileCursor::parse(R"({"version":1,"generation":2,"offset":9,"device":1,"inode":3,"before":"x:9","heard":4})");
    REQUIRE(old);
    CHECK(old->offset == 9);
    CHECK(old->finished.empty());
    CHECK_FALSE(FileCursor::parse("{}"));
    CHECK_FALSE(FileCursor::parse("nonsense"));
}
