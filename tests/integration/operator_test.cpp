// What a person does to plugins and positions, through the control interface.
#include "integration/harness/daemon.hpp"

#include "core/os/files.hpp"
#include "core/os/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <future>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>

using namespace foley::testing;
using Catch::Matchers::Contains;
using Ids = std::vector<std::string>;

namespace {

// Indices of the first line of each id, in `first` and in `second`, as times are not comparable over files.
bool handled_before(const Daemon& daemon, const std::string& plugin, std::size_t count) {
    return daemon.handled(plugin).events().size() >= count;
}

}  // namespace

TEST_CASE("a paused plugin takes nothing until it is resumed, also over a restart", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("a");
    daemon.post("/v1/plugins/a/pause");
    daemon.await_state("a", "paused");
    CHECK(daemon.plugin("a").pid == 0);
    daemon.emit();
    daemon.await_appended();
    if (GENERATE(false, true)) {
        daemon.kill();
        daemon.start();
        daemon.await_state("a", "paused");
    }
    CHECK(daemon.plugin("a").lag == 1);
    CHECK(daemon.handled("a").ids() == Ids{"1"});
    daemon.post("/v1/plugins/a/resume");
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == Ids{"1", "2"});
    CHECK(daemon.request("POST", "/v1/plugins/a/resume", "{}").status == 409);
}

TEST_CASE("a plugin that is disabled by hand runs again when someone enables it", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    daemon.post("/v1/plugins/a/disable", R"({"why":"the farm is down"})");
    daemon.await_state("a", "disabled");
    CHECK_THAT(daemon.plugin("a").reason, Contains("the farm is down"));
    daemon.emit();
    daemon.await_appended();
    CHECK(daemon.request("POST", "/v1/plugins/a/enable", R"({"skip_event":true})").status == 409);
    daemon.post("/v1/plugins/a/enable");
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == Ids{"1"});
    CHECK(daemon.request("POST", "/v1/plugins/a/enable", "{}").status == 409);
}

TEST_CASE("seek moves a plugin back and forth in the journal", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit_many(5);
    daemon.await_caught_up("a");
    daemon.post("/v1/plugins/a/seek", R"({"after":3})");
    daemon.await("the last two to come again", [&] { return daemon.handled("a").ids().size() == 7; });
    daemon.post("/v1/plugins/a/seek", R"({"source":"lines","id":"5"})");
    daemon.await("the last one to come again", [&] { return daemon.handled("a").ids().size() == 8; });
    daemon.post("/v1/plugins/a/seek", R"({"to":"earliest"})");
    daemon.await("all to come again", [&] { return daemon.handled("a").ids().size() == 13; });
    CHECK(daemon.handled("a").ids() == Ids{"1", "2", "3", "4", "5", "4", "5", "5", "1", "2", "3", "4", "5"});
    daemon.post("/v1/plugins/a/pause");
    daemon.emit_many(3);
    daemon.await_appended();
    daemon.post("/v1/plugins/a/seek", R"({"to":"latest"})");
    daemon.post("/v1/plugins/a/resume");
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids().size() == 14);
    CHECK(daemon.handled("a").ids().back() == "9");
    CHECK(daemon.request("POST", "/v1/plugins/a/seek", R"({"to":"nowhere"})").status == 400);
    CHECK(daemon.request("POST", "/v1/plugins/nobody/seek", R"({"to":"latest"})").status == 409);
}

TEST_CASE("replay hands single events out again and leaves the position alone", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit_many(5);
    daemon.await_caught_up("a");
    daemon.post("/v1/plugins/a/replay", R"({"events":[2,4]})");
    daemon.await("two events to come again", [&] { return daemon.handled("a").ids().size() == 7; });
    CHECK(daemon.handled("a").ids() == Ids{"1", "2", "3", "4", "5", "2", "4"});
    daemon.await_caught_up("a");
    CHECK(daemon.plugin("a").position == 5);
}

TEST_CASE("a reload by hand starts a new host on the same build", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    const int pid = daemon.plugin("a").pid;
    daemon.post("/v1/plugins/a/reload");
    daemon.await("another host", [&] {
        const PluginView view = daemon.plugin("a");
        return view.state == "running" && view.pid != pid;
    });
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").count("start") == 2);
    CHECK(daemon.handled("a").count("stop") == 1);
}

TEST_CASE("an absent plugin can be forgotten, a present one cannot", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.request("POST", "/v1/plugins/a/forget", "{}").status == 409);
    daemon.remove("a");
    daemon.await_state("a", "absent");
    daemon.post("/v1/plugins/a/forget");
    daemon.await_state("a", "unknown");
    daemon.install_recorder("a");
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == Ids{"1", "1"});  // start: earliest, as for any new plugin
}

TEST_CASE("a plugin that comes after another sees an event when that one has finished it", "[integration]") {
    const bool waits = GENERATE(false, true);
    CAPTURE(waits);
    Daemon daemon(
        {.plugins = {{.name = "a", .settings = "obeys: true, name: a"},
                     {.name = "b", .options = std::string("after: [a]") + (waits ? ", when_disabled: wait" : "")}}});
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    daemon.await_state("a", "running");
    daemon.await_state("b", "running");
    daemon.emit("test.note", "\"for\":\"a\",\"wait_until\":\"" + daemon.flag("go").string() + "\"");
    daemon.await("b to wait for a", [&] { return daemon.plugin("b").state == "blocked"; });
    CHECK_THAT(daemon.plugin("b").waits_for, Contains("a"));
    CHECK(daemon.handled("b").ids().empty());
    daemon.raise_flag("go");
    daemon.await_caught_up("b");
    CHECK(handled_before(daemon, "a", 1));

    daemon.emit("test.note", R"("for":"a","outcomes":["fail","done"])");
    daemon.await_state("a", "disabled");
    if (waits) {
        daemon.await("b to wait for a again", [&] { return daemon.plugin("b").state == "blocked"; });
        CHECK(daemon.handled("b").ids() == Ids{"1"});
        daemon.post("/v1/plugins/a/enable");
    }
    daemon.await_caught_up("b");
    CHECK(daemon.handled("b").ids() == Ids{"1", "2"});
}

TEST_CASE("in a directory of strict order each plugin comes after the one before it", "[integration]") {
    Daemon daemon({.plugins = {{.name = "p1", .settings = "obeys: true"}, {.name = "p2"}, {.name = "p3"}},
                   .directories = {"{path: plugins, order: strict}"}});
    for (const char* name : {"p1", "p2", "p3"})
        daemon.install_recorder(name);
    daemon.start();
    for (const char* name : {"p1", "p2", "p3"})
        daemon.await_state(name, "running");
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("go").string() + "\"");
    daemon.await("both to wait", [&] {
        return daemon.plugin("p2").waits_for == "plugin p1" && daemon.plugin("p3").state == "blocked";
    });
    CHECK(daemon.handled("p2").ids().empty());
    CHECK(daemon.handled("p3").ids().empty());
    daemon.raise_flag("go");
    daemon.emit_many(200);
    daemon.await_caught_up("p3");
    for (const char* name : {"p1", "p2", "p3"}) {
        CHECK(daemon.handled(name).events().size() == 201);
        CHECK(daemon.handled(name).out_of_order().empty());
    }
}

TEST_CASE("under strict order no plugin begins an event before those before it have finished it", "[integration]") {
    const std::vector<std::string> names{"p1", "p2", "p3"};
    DaemonSetup setup{.directories = {"{path: plugins, order: strict}"}};
    for (const std::string& name : names)
        setup.plugins.push_back({.name = name, .settings = "stamps: true, work: 1ms"});
    Daemon daemon(setup);
    for (const std::string& name : names)
        daemon.install_recorder(name);
    daemon.start();
    const std::size_t count = scaled(100, 20);
    daemon.emit_many(count);
    daemon.await_caught_up("p3");
    // By event: when its callback began. It works for a millisecond, so the next may not begin earlier than that.
    std::map<std::uint64_t, std::uint64_t> before;
    for (const std::string& name : names) {
        std::map<std::uint64_t, std::uint64_t> begun;
        for (const HandledLine& line : daemon.handled(name).events())
            begun[line.sequence] = std::stoull(line.text.substr(line.text.rfind(' ')));
        CHECK(begun.size() == count);
        for (const auto& [sequence, nanoseconds] : before)
            CHECK(begun[sequence] >= nanoseconds + 1'000'000);
        before = begun;
    }
}

TEST_CASE("SIGTERM lets the event in a callback finish, and the rest comes after the next start", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .settings = "obeys: true"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("go").string() + "\"");
    daemon.emit_many(20);
    daemon.await("the first event to be in its callback", [&] { return daemon.plugin("a").in_callback == 1; });
    daemon.send_signal(SIGTERM);
    daemon.await_state("a", "draining");
    daemon.raise_flag("go");
    CHECK(daemon.wait_for_end().exit_code() == 0);
    CHECK(daemon.handled("a").ids() == Ids{"1"});
    daemon.start();
    daemon.await_caught_up("a");
    const Handled handled = daemon.handled("a");
    CHECK(handled.events().size() == 21);
    CHECK(handled.repeated() == 0);
    CHECK(handled.out_of_order().empty());
}

TEST_CASE("SIGTERM ends in a bounded time although a callback does not return", "[integration]") {
    Daemon daemon(
        {.plugins = {{.name = "a", .settings = "obeys: true"}}, .times = "settle: 20ms\nshutdown_timeout: 1s\n"});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("never").string() + "\"");
    daemon.await("the event to be in its callback", [&] { return daemon.plugin("a").in_callback == 1; });
    const auto begin = std::chrono::steady_clock::now();
    daemon.stop();
    CHECK(std::chrono::steady_clock::now() - begin < patience(std::chrono::seconds(8)));
    daemon.raise_flag("never");
    daemon.start();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == Ids{"1"});
}

TEST_CASE("SIGHUP restarts the plugins whose options changed and no others", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}, {.name = "b"}}});
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    daemon.emit("test.note", R"("outcomes":["ignore"])");
    daemon.await_caught_up("a");
    daemon.await_caught_up("b");
    const int pid_of_b = daemon.plugin("b").pid;
    daemon.configure({.plugins = {{.name = "a", .settings = "obeys: true"}, {.name = "b"}}});
    daemon.send_signal(SIGHUP);
    daemon.await("a to run with its new settings", [&] { return daemon.handled("a").count("start") == 2; });
    daemon.emit("test.note", R"("outcomes":["ignore"])");
    daemon.await_caught_up("a");
    CHECK(daemon.plugin("a").ignored == 1);
    CHECK(daemon.plugin("b").pid == pid_of_b);
    CHECK(daemon.handled("b").count("start") == 1);
}

TEST_CASE("a wrong configuration at SIGHUP changes nothing", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    const int pid = daemon.plugin("a").pid;
    daemon.configure({.plugins = {{.name = "a", .options = "on_eror: skip"}}});
    const auto answer = daemon.request("POST", "/v1/configuration/reload", "{}");
    CHECK(answer.status == 409);
    CHECK_THAT(answer.body, Contains("on_error"));
    daemon.send_signal(SIGHUP);
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.plugin("a").pid == pid);
}

TEST_CASE("a configuration that changes while it is being read is read once more", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    // Whoever reads it now waits for what is written into the FIFO. By then the name leads to a newer file.
    const std::string before = foley::core::read_file(daemon.configuration());
    std::filesystem::remove(daemon.configuration());
    REQUIRE(::mkfifo(daemon.configuration().c_str(), 0600) == 0);
    daemon.send_signal(SIGHUP);
    foley::core::UniqueFd fifo = foley::core::open_file(daemon.configuration().string(), O_WRONLY);
    const bool by_signal = GENERATE(true, false);
    daemon.configure({.plugins = {{.name = "a", .options = "dry_run: true"}}});
    std::future<Run> command;
    if (by_signal) {
        daemon.send_signal(SIGHUP);
    } else {
        command = std::async(std::launch::async, [&] { return daemon.foleyctl({"reconfigure"}); });
    }
    daemon.await("the second one to be noticed",
                 [&] { return daemon.log_tail().find("it is read once more after that") != std::string::npos; });
    foley::core::write_all(fifo.get(), before, "the FIFO");
    fifo.reset();
    daemon.await("the newer configuration to be used",
                 [&] { return foley::json::is_true(foley::json::member(daemon.get("/v1/plugins/a"), "dry_run")); });
    if (command.valid()) CHECK(command.get().exit_code() == 0);
    CHECK(daemon.stop().exit_code() == 0);
}

TEST_CASE("wrong settings refuse the plugin with file, line and a suggestion, until they are right", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .settings = "wrk: 5ms"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "refused");
    CHECK_THAT(daemon.plugin("a").reason, Contains("foley.yaml:") && Contains("wrk") && Contains("work"));
    daemon.configure({.plugins = {{.name = "a", .settings = "work: 5ms"}}});
    daemon.send_signal(SIGHUP);
    daemon.await_state("a", "running");
}
