// A plugin directory with `use: configured`: what lies there and has no section of its own is available, and no more.
#include "integration/harness/daemon.hpp"

#include "core/journal/sqlite/database.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace foley::testing;
using Catch::Matchers::Contains;

namespace {

using Ids = std::vector<std::string>;

DaemonSetup shipped(std::vector<PluginSection> plugins) {
    return {.plugins = std::move(plugins),
            .plugin_defaults = "start: latest",
            .directories = {"{path: plugins, use: configured}"}};
}

std::string places(const Daemon& daemon) {
    foley::core::Database journal(daemon.state_directory() / "journal.sqlite", false);
    foley::core::Statement all(journal, "SELECT name FROM consumers ORDER BY name");
    std::string names;
    while (all.step())
        names.append(all.bytes(0)).append(" ");
    return names;
}

}  // namespace

TEST_CASE("of a directory with use: configured only plugins with a section are started", "[integration]") {
    Daemon daemon(shipped({{.name = "a"}}));
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    daemon.await_state("a", "running");
    daemon.await_state("b", "available");
    daemon.emit();
    daemon.await_caught_up("a");
    const PluginView b = daemon.plugin("b");
    CHECK(b.pid == 0);
    CHECK_THAT(b.reason, Contains("not configured"));
    CHECK_THAT(b.file, Contains("b.so"));
    CHECK(daemon.status().notes.empty());
    const Run listed = daemon.foleyctl({"plugins"});
    CHECK_THAT(listed.output, Contains("available") && Contains("not configured"));
    CHECK(daemon.foleyctl({"status"}).exit_code() == 0);  // nothing that needs a person
    const Run enabled = daemon.foleyctl({"enable", "b"});
    CHECK(enabled.exit_code() == 1);
    CHECK_THAT(enabled.errors, Contains("b is not configured") && Contains("section"));
    const Run checked = daemon.run_foleyd({"--check"});
    CHECK(checked.exit_code() == 0);
    CHECK_THAT(checked.output,
               Contains("(only configured plugins)") && Contains("b.so: not used, it has no section under plugins"));
    CHECK(daemon.stop().exit_code() == 0);
    CHECK(places(daemon) == "a ");
}

TEST_CASE("an available plugin begins as a new one when it gets a section", "[integration]") {
    Daemon daemon(shipped({{.name = "a"}}));
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    daemon.await_state("b", "available");
    daemon.await_state("a", "running");
    daemon.emit_many(3);
    daemon.await_caught_up("a");
    const int pid = daemon.plugin("a").pid;
    const bool earliest = GENERATE(false, true);
    daemon.configure(shipped({{.name = "a"}, {.name = "b", .options = earliest ? "start: earliest" : ""}}));
    daemon.send_signal(SIGHUP);
    daemon.await_state("b", "running");
    daemon.emit();
    daemon.await_caught_up("b");
    CHECK(daemon.handled("b").ids() == (earliest ? Ids{"1", "2", "3", "4"} : Ids{"4"}));
    CHECK(daemon.plugin("a").pid == pid);
}

TEST_CASE("a plugin that loses its section goes as one that is removed, and keeps its place", "[integration]") {
    Daemon daemon(shipped({{.name = "a"}, {.name = "b"}}));
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    daemon.await_state("a", "running");
    daemon.await_state("b", "running");
    daemon.emit();
    daemon.await_caught_up("b");
    daemon.configure(shipped({{.name = "a"}}));
    REQUIRE(daemon.foleyctl({"reconfigure"}).exit_code() == 0);
    daemon.await_state("b", "absent");
    CHECK_THAT(daemon.plugin("b").reason, Contains("not configured"));
    CHECK(daemon.plugin("b").pid == 0);
    CHECK(daemon.handled("b").count("start") == 1);
    CHECK(daemon.handled("b").count("stop") == 1);
    daemon.emit();
    daemon.await_appended();
    SECTION("what came meanwhile waits for it, also over a restart") {
        CHECK(daemon.stop().exit_code() == 0);
        daemon.start();
        daemon.await("b to be known as not configured",
                     [&] { return daemon.plugin("b").reason.find("not configured") == 0; });
        CHECK(daemon.plugin("b").state == "absent");
        daemon.configure(shipped({{.name = "a"}, {.name = "b"}}));
        daemon.send_signal(SIGHUP);
        daemon.await_caught_up("b");
        CHECK(daemon.handled("b").ids() == Ids{"1", "2"});
    }
    SECTION("it can be forgotten, and is available then") {
        REQUIRE(daemon.foleyctl({"forget", "b"}).exit_code() == 0);
        daemon.await_state("b", "available");
        CHECK(daemon.stop().exit_code() == 0);
        CHECK(places(daemon) == "a ");
    }
}

TEST_CASE("a library that is not used hides none of that name in a later directory", "[integration]") {
    DaemonSetup setup = shipped({});
    setup.plugin_defaults = "start: earliest";
    setup.directories.emplace_back("own");
    Daemon daemon(setup);
    std::filesystem::create_directory(daemon.directory() / "own");
    daemon.install("clock", test_plugin("clock"));
    daemon.install("clock", test_plugin("clock"), 1, "own");
    daemon.start();
    daemon.await("the studio's own one to be taken",
                 [&] { return daemon.plugin("clock").file.find("/own/") != std::string::npos; });
    CHECK(daemon.plugin("clock").shadowed.empty());
    CHECK(daemon.status().notes.empty());
}
