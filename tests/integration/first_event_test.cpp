// From a line in a file to a callback and back to the status: the shortest way through everything.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

using namespace foley::testing;

TEST_CASE("an event from a file reaches a plugin's callback and its position", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await_state("a", "running");
    daemon.emit();
    daemon.await_caught_up("a");

    CHECK(daemon.handled("a").ids() == std::vector<std::string>{"1"});
    const PluginView a = daemon.plugin("a");
    CHECK(a.position == daemon.status().head);
    CHECK(a.done == 1);
    CHECK(a.lag == 0);
    CHECK(daemon.source("lines").state == "live");
    // The source counts what the journal has taken, which the plugin may have handled by then.
    daemon.await("the source to count it", [&] { return daemon.source("lines").events == 1; });
    CHECK(daemon.stop().exit_code() == 0);
    CHECK(daemon.handled("a").count("stop") == 1);
}

TEST_CASE("ten thousand events reach three plugins in order, each once", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}, {.name = "b"}, {.name = "c"}}});
    for (const char* name : {"a", "b", "c"})
        daemon.install_recorder(name);
    daemon.start();
    const std::size_t count = scaled(10'000, 100);
    daemon.emit_many(count);
    for (const char* name : {"a", "b", "c"}) {
        daemon.await_caught_up(name);
        const Handled handled = daemon.handled(name);
        CHECK(handled.events().size() == count);
        CHECK(handled.missing(1, count).empty());
        CHECK(handled.out_of_order().empty());
    }
}

TEST_CASE("a position survives an orderly end and a killed daemon", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit_many(50);
    daemon.await_caught_up("a");
    SECTION("SIGTERM") {
        CHECK(daemon.stop().exit_code() == 0);
    }
    SECTION("SIGKILL") {
        daemon.kill();
    }
    daemon.start();
    daemon.emit_many(50);
    daemon.await_caught_up("a");
    const Handled handled = daemon.handled("a");
    CHECK(handled.missing(1, 100).empty());
    CHECK(handled.repeated() == 0);
    CHECK(handled.out_of_order().empty());
}

TEST_CASE("an event that is emitted through the control interface is handled, and once only by its id",
          "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}, .lines_source = false});
    daemon.install_recorder("a");
    daemon.start();
    for (int time = 0; time < 2; ++time) {
        const auto answer = daemon.post("/v1/events", R"({"id":"e1","type":"test.note"})");
        CHECK(foley::json::integer(foley::json::member(answer, "appended")) == (time == 0 ? 1 : 0));
        CHECK(foley::json::integer(foley::json::member(answer, "duplicates")) == time);
    }
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() == std::vector<std::string>{"e1"});
}

TEST_CASE("a plugin that is new starts at the newest event unless told otherwise", "[integration]") {
    Daemon daemon({.plugins = {{.name = "late"},
                               {.name = "early", .options = "start: earliest"},
                               {.name = "middle", .options = "start: {source: lines, id: \"7\"}"}},
                   .plugin_defaults = ""});
    daemon.start();
    daemon.emit_many(10);
    daemon.await_appended();
    for (const char* name : {"late", "early", "middle"}) {
        daemon.install_recorder(name);
        daemon.await_state(name, "running");
    }
    daemon.emit_many(2);
    for (const char* name : {"late", "early", "middle"})
        daemon.await_caught_up(name);
    CHECK(daemon.handled("late").ids() == std::vector<std::string>{"11", "12"});
    CHECK(daemon.handled("early").ids().size() == 12);
    CHECK(daemon.handled("middle").ids() == std::vector<std::string>{"7", "8", "9", "10", "11", "12"});
}

TEST_CASE("a plugin goes past what it does not want, and misses nothing that it wants in between", "[integration]") {
    Daemon daemon({.plugins = {{.name = "ledger"}, {.name = "all"}, {.name = "behind", .options = "after: [ledger]"}}});
    daemon.install("ledger", test_plugin("ledger"));  // wants test.note
    daemon.install_recorder("all");
    daemon.install_recorder("behind");
    daemon.start();
    for (const char* name : {"ledger", "all", "behind"})
        daemon.await_state(name, "running");
    daemon.emit_many(300, "test.other");
    daemon.await_caught_up("ledger");
    CHECK(daemon.handled("ledger").ids().empty());

    daemon.emit_many(20, "test.other");
    const std::string wanted = std::to_string(daemon.emit("test.note"));
    daemon.emit_many(20, "test.other");
    for (const char* name : {"ledger", "all", "behind"})
        daemon.await_caught_up(name);
    CHECK(daemon.handled("ledger").ids() == std::vector<std::string>{wanted});
    CHECK(daemon.handled("all").ids().size() == daemon.emitted());
    // In another order, perhaps: what ledger does not want need not wait for what it works on.
    CHECK_THAT(daemon.handled("behind").ids(), Catch::Matchers::UnorderedEquals(daemon.handled("all").ids()));
    CHECK(daemon.plugin("ledger").lag == 0);
}
