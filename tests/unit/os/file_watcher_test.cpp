#include "core/os/file_watcher.hpp"

#include "core/os/files.hpp"
#include "tests/unit/hosting/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <thread>
#include <vector>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

class WatcherFixture {
public:
    WatcherFixture() : watcher_(std::make_unique<FileWatcher>(io_, [this](const auto& where) { ++changes_[where]; })) {}
    // Whether a change of the directory is reported; resets the count.
    bool hears(const std::filesystem::path& where) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (changes_[where] == 0 && std::chrono::steady_clock::now() < deadline) {
            io_.restart();
            io_.run_one_until(deadline);
        }
        // What belongs to the same change is read too.
        io_.restart();
        io_.poll();
        return std::exchange(changes_[where], 0) > 0;
    }

    TemporaryDirectory directory_;
    boost::asio::io_context io_;
    std::map<std::filesystem::path, int> changes_;
    std::unique_ptr<FileWatcher> watcher_;
};

}  // namespace

TEST_CASE_METHOD(WatcherFixture, "new, changed, renamed and removed files are noticed", "[os][file_watcher]") {
    const auto& where = directory_.path();
    REQUIRE(watcher_->watch(where));
    write_file_atomically(where / "a", "1");
    REQUIRE(hears(where));
    std::filesystem::rename(where / "a", where / "b");
    REQUIRE(hears(where));
    std::filesystem::permissions(where / "b", std::filesystem::perms::owner_read);
    REQUIRE(hears(where));
    std::filesystem::remove(where / "b");
    REQUIRE(hears(where));
}

TEST_CASE_METHOD(WatcherFixture, "a directory that is not there can be watched later", "[os][file_watcher]") {
    const auto later = directory_.path() / "later";
    REQUIRE_FALSE(watcher_->watch(later));
    std::filesystem::create_directory(later);
    REQUIRE(watcher_->watch(later));
    REQUIRE(watcher_->watch(later));
    write_file_atomically(later / "a", "1");
    REQUIRE(hears(later));
}

TEST_CASE_METHOD(WatcherFixture, "the end of a watched directory is noticed, and its return can be watched",
                 "[os][file_watcher]") {
    const auto where = directory_.path() / "sub";
    std::filesystem::create_directory(where);
    REQUIRE(watcher_->watch(where));
    std::filesystem::remove(where);
    REQUIRE(hears(where));
    std::filesystem::create_directory(where);
    REQUIRE(watcher_->watch(where));
    write_file_atomically(where / "a", "1");
    REQUIRE(hears(where));
}

TEST_CASE_METHOD(WatcherFixture, "directories are told apart, and a forgotten one is silent", "[os][file_watcher]") {
    const auto one = directory_.path() / "one";
    const auto two = directory_.path() / "two";
    std::filesystem::create_directory(one);
    std::filesystem::create_directory(two);
    REQUIRE(watcher_->watch(one));
    REQUIRE(watcher_->watch(two));
    watcher_->forget(one);
    write_file_atomically(one / "a", "1");
    write_file_atomically(two / "a", "1");
    REQUIRE(hears(two));
    REQUIRE(changes_[one] == 0);
}

TEST_CASE_METHOD(WatcherFixture, "a watcher may be destroyed with changes under way", "[os][file_watcher]") {
    REQUIRE(watcher_->watch(directory_.path()));
    write_file_atomically(directory_.path() / "a", "1");
    watcher_.reset();
    io_.restart();
    io_.poll();
    REQUIRE(changes_.empty());
}

TEST_CASE_METHOD(WatcherFixture, "directories are watched and forgotten from other threads", "[os][file_watcher]") {
    std::vector<std::filesystem::path> places;
    for (const char* name : {"one", "two", "three", "four"}) {
        places.push_back(directory_.path() / name);
        std::filesystem::create_directory(places.back());
    }
    std::vector<std::thread> threads;
    for (const auto& place : places) {
        threads.emplace_back([this, place] {
            for (int round = 0; round < 100; ++round) {
                watcher_->watch(place);
                write_file_atomically(place / "a", "1", Durability::page_cache);
                watcher_->forget(place);
            }
            watcher_->watch(place);
        });
    }
    for (int round = 0; round < 100; ++round) {
        io_.restart();
        io_.poll();
    }
    for (std::thread& thread : threads)
        thread.join();
    REQUIRE(watcher_->watched() == std::set<std::filesystem::path>(places.begin(), places.end()));
    io_.restart();
    io_.poll();
    changes_.clear();
    for (const auto& place : places) {
        write_file_atomically(place / "a", "2");
        REQUIRE(hears(place));
    }
}
