#include "core/os/files.hpp"

#include "core/os/child_process.hpp"
#include "core/os/file_identity.hpp"
#include "core/os/file_lock.hpp"
#include "core/os/mapped_file.hpp"
#include "tests/unit/hosting/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <system_error>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace foley::core;
using namespace std::chrono_literals;

TEST_CASE("a file is read whole, also when stat does not know its size", "[os][files]") {
    TemporaryDirectory directory;
    const std::string content(200000, 'x');
    write_file_atomically(directory.path() / "file", content);
    REQUIRE(read_file(directory.path() / "file") == content);
    REQUIRE_FALSE(read_file("/proc/self/stat").empty());
    REQUIRE_THROWS_AS(read_file(directory.path() / "file", 1000), std::system_error);
    REQUIRE_THROWS_WITH(read_file("/nonexistent/file"), Catch::Matchers::Contains("cannot open /nonexistent/file"));
}

TEST_CASE("writing replaces a file in one step and leaves nothing beside it", "[os][files]") {
    TemporaryDirectory directory;
    const auto file = directory.path() / "file";
    write_file_atomically(file, "old");
    const UniqueFd reader = open_file(file.string(), O_RDONLY);
    write_file_atomically(file, "new", Durability::page_cache, 0640);
    REQUIRE(read_file(file) == "new");
    REQUIRE(read_file("/proc/self/fd/" + std::to_string(reader.get())) == "old");
    REQUIRE((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
            std::filesystem::perms{0640});
    REQUIRE(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
    REQUIRE_THROWS_AS(write_file_atomically("/nonexistent/file", "x"), std::system_error);
}

TEST_CASE("an identity changes with content, times and replacement", "[os][file_identity]") {
    TemporaryDirectory directory;
    const auto file = directory.path() / "file";
    REQUIRE_FALSE(file_identity(file));
    write_file_atomically(file, "one");
    const auto first = file_identity(file);
    REQUIRE(first == file_identity(file));
    write_file_atomically(file, "two");
    const auto second = file_identity(file);
    REQUIRE(first != second);
    const std::array<timespec, 2> past{timespec{1000, 0}, timespec{1000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), past.data(), 0) == 0);
    REQUIRE(second != file_identity(file));  // an older file counts too
}

TEST_CASE("an identity is that of what a link points to", "[os][file_identity]") {
    TemporaryDirectory directory;
    write_file_atomically(directory.path() / "a", "a");
    std::filesystem::create_symlink("a", directory.path() / "link");
    REQUIRE(file_identity(directory.path() / "link") == file_identity(directory.path() / "a"));
}

TEST_CASE("a lock keeps other processes out until it is let go", "[os][file_lock]") {
    TemporaryDirectory directory;
    const auto file = directory.path() / "lock";
    auto lock = FileLock::try_take(file);
    REQUIRE(lock);
    const auto other_gets_it = [&] {
        const pid_t pid = ::fork();
        if (pid == 0) ::_exit(FileLock::try_take(file) ? 0 : 1);
        int status = 0;
        ::waitpid(pid, &status, 0);
        return WEXITSTATUS(status) == 0;
    };
    REQUIRE_FALSE(other_gets_it());
    lock.reset();
    REQUIRE(other_gets_it());
}

TEST_CASE("the holder of a lock is known", "[os][file_lock]") {
    TemporaryDirectory directory;
    const UniqueFd fd = open_file((directory.path() / "lock").string(), O_RDWR | O_CREAT);
    REQUIRE_FALSE(FileLock::holder(fd.get()));
    Pipe ready = make_pipe();
    const pid_t pid = ::fork();
    if (pid == 0) {
        static_cast<void>(FileLock::try_take(fd.get()));
        static_cast<void>(!::write(ready.write.get(), "x", 1));
        for (;;)
            ::pause();
    }
    char byte = 0;
    REQUIRE(::read(ready.read.get(), &byte, 1) == 1);
    REQUIRE(FileLock::holder(fd.get()) == pid);
    REQUIRE_FALSE(FileLock::try_take(fd.get()));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    REQUIRE(FileLock::try_take(fd.get()));
}

TEST_CASE("mapped memory is shared between mappings", "[os][mapped_file]") {
    const UniqueFd fd = make_memory_file("test", 4096);
    const MappedFile one(fd.get(), 4096);
    MappedFile two(fd.get(), 4096);
    *one.at<int>(64) = 42;
    REQUIRE(*two.at<int>(64) == 42);
    const MappedFile moved = std::move(two);
    REQUIRE(*moved.at<int>(64) == 42);
    REQUIRE_THROWS_AS(MappedFile(-1, 4096), std::system_error);
}
