// Plugins that come, change, go and come again, and files that are no plugins.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace foley::testing;
using Catch::Matchers::Contains;

namespace {

std::set<std::string> builds(const Handled& handled) {
    std::set<std::string> result;
    for (const HandledLine& line : handled.events())
        result.insert(line.build);
    return result;
}

void write_file(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << bytes << std::flush;
    REQUIRE(stream.good());
}

void await_build(Daemon& daemon, const std::string& plugin, const std::string& build) {
    daemon.await(plugin + " to run build " + build, [&] {
        const auto starts = daemon.handled(plugin).of_kind("start");
        return !starts.empty() && starts.back().build == build && daemon.plugin(plugin).state == "running";
    });
}

}  // namespace

TEST_CASE("a plugin that appears while the daemon runs is loaded", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.start();
    CHECK(daemon.plugin("a").state == "absent");  // it is configured
    daemon.emit();
    daemon.install_recorder("a");
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == std::vector<std::string>{"1"});
}

TEST_CASE("a new build takes over between two events", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .settings = "obeys: true"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    // One event is in its callback when the file changes, others wait behind it.
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("go").string() + "\"");
    daemon.emit_many(5);
    daemon.await("the first event to be in its callback", [&] { return daemon.plugin("a").in_callback == 1; });
    daemon.install_recorder("a", 2);
    daemon.await_state("a", "draining");
    daemon.raise_flag("go");
    daemon.await_caught_up("a");
    await_build(daemon, "a", "2");

    const Handled handled = daemon.handled("a");
    REQUIRE(handled.ids() == std::vector<std::string>{"1", "2", "3", "4", "5", "6"});
    CHECK(handled.events().front().build == "1");
    CHECK(handled.events()[1].build == "2");
    CHECK(handled.count("stop") == 1);
    CHECK(daemon.plugin("a").reloads == 1);
}

TEST_CASE("the same bytes under a new date do not disturb a running plugin", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    const int pid = daemon.plugin("a").pid;
    daemon.install_recorder("a", 1);
    daemon.install_recorder("b", 1);  // seen in a later scan, so the one before it has been judged
    daemon.await("b to be seen", [&] { return daemon.plugin("b").state == "refused"; });
    CHECK(daemon.plugin("a").pid == pid);
    CHECK(daemon.handled("a").count("start") == 1);
}

TEST_CASE("a plugin that is removed keeps its position until it is back", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit_many(3);
    daemon.await_caught_up("a");
    daemon.remove("a");
    daemon.await_state("a", "absent");
    CHECK(daemon.plugin("a").pid == 0);
    CHECK(daemon.handled("a").count("stop") == 1);
    daemon.emit_many(3);
    daemon.await_appended();
    CHECK(daemon.plugin("a").lag == 3);
    const bool restarted = GENERATE(false, true);
    if (restarted) {
        CHECK(daemon.stop().exit_code() == 0);
        daemon.start();
        CHECK(daemon.plugin("a").state == "absent");
    }
    daemon.install_recorder("a", 2);
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == std::vector<std::string>{"1", "2", "3", "4", "5", "6"});
}

TEST_CASE("a renamed plugin is a new one unless state_of names the old one", "[integration]") {
    const bool takes_over = GENERATE(false, true);
    Daemon daemon({.plugins = {{.name = "old"}}});
    daemon.install_recorder("old");
    daemon.start();
    daemon.emit_many(3);
    daemon.await_caught_up("old");
    CHECK(daemon.stop().exit_code() == 0);
    daemon.remove("old");
    daemon.configure({.plugins = {{.name = "new", .options = takes_over ? "state_of: old" : ""}}});
    daemon.install_recorder("new");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("new");
    if (takes_over) {
        CHECK(daemon.handled("new").ids() == std::vector<std::string>{"4"});
        CHECK(daemon.plugin("old").state == "unknown");
    } else {
        CHECK(daemon.handled("new").ids() == std::vector<std::string>{"1", "2", "3", "4"});
        CHECK(daemon.plugin("old").state == "absent");
    }
}

TEST_CASE("a library that grows while it is looked at is loaded when it is whole", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    const std::string bytes = Daemon::library_bytes(test_plugin("recorder"), 2);
    const auto path = daemon.plugin_directory() / "a.so";
    // In place, as cp does it: cut to nothing, then half of it for longer than `settle`.
    write_file(path, bytes.substr(0, bytes.size() / 2));
    daemon.await("the half library to be noticed", [&] { return !daemon.plugin("a").reload_problem.empty(); });
    CHECK(daemon.plugin("a").state == "running");
    daemon.emit();
    daemon.await_caught_up("a");  // the copy before it goes on
    CHECK(builds(daemon.handled("a")) == std::set<std::string>{"1"});
    {
        std::ofstream rest(path, std::ios::binary | std::ios::app);
        rest << bytes.substr(bytes.size() / 2);
    }
    await_build(daemon, "a", "2");
    CHECK(daemon.plugin("a").reload_problem.empty());
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == std::vector<std::string>{"1", "2"});
}

TEST_CASE("a library that is overwritten in place cannot harm the host that runs it", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    const auto path = daemon.plugin_directory() / "a.so";
    write_file(path, std::string(std::filesystem::file_size(path), '\0'));
    daemon.await("the damage to be noticed", [&] { return !daemon.plugin("a").reload_problem.empty(); });
    daemon.emit_many(100);
    daemon.await_caught_up("a");
    CHECK(daemon.plugin("a").crashes == 0);
    CHECK(daemon.handled("a").events().size() == 100);
}

TEST_CASE("a file that is no plugin is refused with a sentence, and a plugin in its place runs", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    const auto path = daemon.plugin_directory() / "a.so";
    SECTION("a text") {
        write_file(path, "#!/bin/sh\necho I am a shell script, and long enough to be looked at\n");
    }
    SECTION("nothing at all") {
        write_file(path, "");
    }
    SECTION("a library that exports no foley_plugin_v1") {
        std::filesystem::copy_file("/lib/x86_64-linux-gnu/libm.so.6", path);
    }
    SECTION("a program") {
        std::filesystem::copy_file("/bin/true", path);
    }
    std::filesystem::permissions(path, std::filesystem::perms(0644));
    daemon.start();
    daemon.await_state("a", "refused");
    INFO(daemon.plugin("a").reason);
    CHECK(daemon.plugin("a").reason.size() > 20);
    CHECK(daemon.plugin("a").crashes == 0);
    daemon.install_recorder("a");
    daemon.await_state("a", "running");
    CHECK(daemon.plugin("a").reason.empty());
}

TEST_CASE("a bad file in a running plugin's place leaves the running one alone", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    const int pid = daemon.plugin("a").pid;
    daemon.install("a", "/lib/x86_64-linux-gnu/libm.so.6");
    daemon.await("the bad file to be noticed", [&] { return !daemon.plugin("a").reload_problem.empty(); });
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.plugin("a").state == "running");
    CHECK(daemon.plugin("a").pid == pid);
    daemon.install_recorder("a", 3);
    await_build(daemon, "a", "3");
    CHECK(daemon.plugin("a").reload_problem.empty());
}

TEST_CASE("of two directories with the same plugin name the first wins, and the status says so", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}, .directories = {"plugins", "second"}});
    std::filesystem::create_directory(daemon.directory() / "second");
    daemon.install("a", test_plugin("recorder"), 1, "plugins");
    daemon.install("a", test_plugin("recorder"), 2, "second");
    daemon.start();
    await_build(daemon, "a", "1");
    CHECK_THAT(daemon.plugin("a").shadowed, Contains("second"));
    daemon.remove("a", "plugins");
    await_build(daemon, "a", "2");
    CHECK(daemon.plugin("a").shadowed.empty());
}

TEST_CASE("a plugin that others can write is refused until its mode is mended", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    const auto path = daemon.plugin_directory() / "a.so";
    std::filesystem::permissions(path, std::filesystem::perms(0666));
    daemon.start();
    daemon.await_state("a", "refused");
    CHECK_THAT(daemon.plugin("a").reason, Contains("a.so"));
    std::filesystem::permissions(path, std::filesystem::perms(0644));
    daemon.await_state("a", "running");
}

TEST_CASE("a symbolic link that is turned to another build is a reload, back too", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    std::filesystem::create_directory(daemon.directory() / "releases");
    daemon.install("one", test_plugin("recorder"), 1, "releases");
    daemon.install("two", test_plugin("recorder"), 2, "releases");
    const auto link = daemon.plugin_directory() / "a.so";
    const auto turn = [&](const std::string& target) {
        std::filesystem::create_symlink("../releases/" + target + ".so", daemon.directory() / "staging" / "link");
        std::filesystem::rename(daemon.directory() / "staging" / "link", link);
    };
    turn("one");
    daemon.start();
    await_build(daemon, "a", "1");
    turn("two");
    await_build(daemon, "a", "2");
    turn("one");
    await_build(daemon, "a", "1");
    CHECK(daemon.plugin("a").reloads == 2);
}

TEST_CASE("a build whose on_start fails gives way to the one before it", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.configure({.plugins = {{.name = "a", .settings = "failing_build: '2'"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    daemon.install_recorder("a", 2);
    daemon.await("the failed reload to be told", [&] { return !daemon.plugin("a").reload_problem.empty(); });
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(builds(daemon.handled("a")) == std::set<std::string>{"1"});
    daemon.install_recorder("a", 3);
    await_build(daemon, "a", "3");
}

TEST_CASE("a rollback returns to the last good copy, and a new file ends it", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a", 1);
    daemon.start();
    await_build(daemon, "a", "1");
    daemon.install_recorder("a", 2);
    await_build(daemon, "a", "2");
    daemon.post("/v1/plugins/a/rollback");
    await_build(daemon, "a", "1");
    daemon.install_recorder("a", 3);
    await_build(daemon, "a", "3");
}
