// pid_file, for init systems that want one.
#include "integration/harness/daemon.hpp"

#include "core/os/files.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <unistd.h>

using namespace foley::testing;
using Catch::Matchers::Contains;

namespace {

const DaemonSetup kSetup{.top = "pid_file: foleyd.pid\n"};

std::string number(int pid) {
    return std::to_string(pid) + "\n";
}

}  // namespace

TEST_CASE("the pid file holds the daemon's number while it runs, and goes with a clean end", "[integration]") {
    Daemon daemon(kSetup);
    const auto file = daemon.directory() / "foleyd.pid";
    daemon.start();
    CHECK(foley::core::read_file(file) == number(daemon.pid()));
    CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0644));
    CHECK(daemon.stop().exit_code() == 0);
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a pid file that nobody runs under is replaced", "[integration]") {
    Daemon daemon(kSetup);
    const auto file = daemon.directory() / "foleyd.pid";
    SECTION("of a daemon that was killed") {
        daemon.start();
        daemon.kill();
        REQUIRE(std::filesystem::exists(file));
    }
    SECTION("an empty one") {
        std::ofstream(file).flush();
    }
    SECTION("whose number another program has now") {
        std::ofstream(file) << ::getpid() << "\n";
    }
    SECTION("a link: not what it points to") {
        std::ofstream(daemon.directory() / "precious") << "precious";
        std::filesystem::create_symlink("precious", file);
    }
    daemon.start();
    CHECK(foley::core::read_file(file) == number(daemon.pid()));
    CHECK_FALSE(std::filesystem::is_symlink(file));
    CHECK(daemon.stop().exit_code() == 0);
}

TEST_CASE("a pid file of a foleyd that runs, or that holds something else, refuses the start and stays",
          "[integration]") {
    Daemon other, daemon(kSetup);
    const auto file = daemon.directory() / "foleyd.pid";
    std::string before = "precious\n";
    int code = 1;
    SECTION("of one that runs") {
        other.start();
        before = number(other.pid());
        code = 3;
    }
    SECTION("something else") {}
    std::ofstream(file) << before << std::flush;
    const Run run = daemon.run_foleyd({});
    INFO(run.told());
    CHECK(run.exit_code() == code);
    CHECK_THAT(run.errors, Contains("pid_file") && Contains(file.string()));
    CHECK(foley::core::read_file(file) == before);
}

TEST_CASE("a pid file that cannot be written is one sentence", "[integration]") {
    Daemon daemon({.top = "pid_file: missing/foleyd.pid\n"});
    const Run run = daemon.run_foleyd({});
    CHECK(run.exit_code() == 1);
    CHECK_THAT(run.errors, Contains("the pid_file cannot be written"));
}
