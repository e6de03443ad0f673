// What becomes of events that fail, and of plugins that do: SEMANTICS.md's rules, seen from outside, across restarts.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace foley::testing;
using Catch::Matchers::Contains;
using Ids = std::vector<std::string>;

namespace {

// A plugin `a` that obeys, and what a test does with it.
class Obeying {
public:
    explicit Obeying(const std::string& options = {})
        : daemon({.plugins = {{.name = "a", .options = options, .settings = "obeys: true"}}}) {
        daemon.install_recorder("a");
        daemon.start();
        daemon.await_state("a", "running");
    }
    void restart(bool killed) {
        if (killed) {
            daemon.kill();
        } else {
            CHECK(daemon.stop().exit_code() == 0);
        }
        daemon.start();
    }
    std::string path(const std::string& flag) const { return "\"" + daemon.flag(flag).string() + "\""; }
    Ids ids() const { return daemon.handled("a").ids(); }
    foley::json::Document dead_letters() { return daemon.get("/v1/dead-letters?plugin=a"); }

    Daemon daemon;
};

std::size_t count_of(const Ids& ids, const std::string& id) {
    return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), id));
}

}  // namespace

TEST_CASE("a failure disables the plugin, and the failed event is the first again when it is enabled",
          "[integration]") {
    Obeying a;
    a.daemon.raise_flag("bad");
    a.daemon.emit();
    a.daemon.emit("test.note", "\"fail_while\":" + a.path("bad"));
    a.daemon.emit_many(3);
    a.daemon.await_state("a", "disabled");
    CHECK(a.ids() == Ids{"1", "2"});
    const PluginView view = a.daemon.plugin("a");
    CHECK_THAT(view.reason, Contains("on_event") && Contains("event 2") && Contains("told to fail"));
    CHECK(view.position == 1);
    CHECK(view.pid == 0);

    SECTION("by hand") {
        a.daemon.lower_flag("bad");
        a.daemon.post("/v1/plugins/a/enable");
        a.daemon.await_caught_up("a");
        CHECK(a.ids() == Ids{"1", "2", "2", "3", "4", "5"});
        CHECK(a.daemon.handled("a").events()[2].attempt == 2);
    }
    SECTION("by a new file") {
        a.daemon.lower_flag("bad");
        a.daemon.install_recorder("a", 2);
        a.daemon.await_caught_up("a");
        CHECK(a.ids() == Ids{"1", "2", "2", "3", "4", "5"});
    }
    SECTION("it fails again") {
        a.daemon.post("/v1/plugins/a/enable");
        a.daemon.await("the second failure", [&] { return count_of(a.ids(), "2") == 2; });
        a.daemon.await_state("a", "disabled");
        CHECK(a.daemon.plugin("a").position == 1);
    }
    SECTION("the event is skipped by hand") {
        a.daemon.post("/v1/plugins/a/enable", R"({"skip_event":true})");
        a.daemon.await_caught_up("a");
        CHECK(a.ids() == Ids{"1", "2", "3", "4", "5"});
        CHECK(a.daemon.plugin("a").dead_letters == 1);
    }
    SECTION("it stays disabled across an orderly restart") {
        a.restart(false);
        a.daemon.await_state("a", "disabled");
        CHECK_THAT(a.daemon.plugin("a").reason, Contains("event 2"));
        a.daemon.lower_flag("bad");
        a.daemon.post("/v1/plugins/a/enable");
        a.daemon.await_caught_up("a");
        CHECK(a.ids() == Ids{"1", "2", "2", "3", "4", "5"});
    }
    SECTION("its file changed while the daemon was away") {
        CHECK(a.daemon.stop().exit_code() == 0);
        a.daemon.lower_flag("bad");
        a.daemon.install_recorder("a", 2);
        a.daemon.start();
        a.daemon.await_caught_up("a");
        CHECK(a.ids() == Ids{"1", "2", "2", "3", "4", "5"});
    }
}

TEST_CASE("events of an entity keep their order around retries, failures and holds, however many are on their way",
          "[integration]") {
    const std::string outcome = GENERATE("retry:1", "fail", "hold");
    CAPTURE(outcome);
    Obeying a("on_error: retry, retry: {attempts: 3, for: 1h}");
    a.daemon.raise_flag("away");
    constexpr std::uint64_t kEvents = 6000, kEntities = 120;
    const std::string script_of_97th =
        outcome == "hold" ? ",\"hold_while\":" + a.path("away") : R"(,"outcomes":[")" + outcome + R"(","done"])";
    std::map<std::string, std::uint64_t> entity_of;
    for (std::uint64_t event = 1; event <= kEvents; ++event) {
        const std::uint64_t entity = event % kEntities;
        entity_of[std::to_string(event)] = entity;
        const std::string script = event % 97 == 0 ? script_of_97th : "";
        a.daemon.emit("test.note", R"("entity":{"type":"Shot","id":")" + std::to_string(entity) + "\"}" + script);
    }
    if (outcome == "hold") a.daemon.await("several holds", [&] { return count_of(a.ids(), "97") > 3; });
    a.daemon.lower_flag("away");
    a.daemon.await_caught_up("a", std::chrono::minutes(3));
    // The last call of each event counts as the one that handled it, and no call of a later event comes before it.
    const Ids ids = a.ids();
    std::map<std::string, std::size_t> last;
    for (std::size_t call = 0; call < ids.size(); ++call)
        last[ids[call]] = call;
    std::map<std::uint64_t, std::size_t> entity_reached;
    std::vector<std::string> overtaken;
    for (std::uint64_t event = 1; event <= kEvents; ++event) {
        const std::string id = std::to_string(event);
        REQUIRE(last.contains(id));
        const std::size_t first = static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
        auto& reached = entity_reached[entity_of[id]];
        if (reached > first) overtaken.push_back(id);
        reached = last[id];
    }
    CHECK(overtaken == Ids{});
    if (outcome != "hold") CHECK(ids.size() == kEvents + kEvents / 97);
}

TEST_CASE("timers that are due together both run, also beside a full page", "[integration]") {
    Daemon daemon({.plugins = {{.name = "clock", .options = "window: 16"}}});
    daemon.install("clock", test_plugin("clock"));
    daemon.emit_many(3000);
    daemon.start();
    daemon.await_caught_up("clock", std::chrono::minutes(1));
    CHECK(daemon.handled("clock").count("first") > 2);
    CHECK(daemon.handled("clock").count("second") > 2);
}

TEST_CASE("an exception is a failure", "[integration]") {
    Obeying a;
    a.daemon.emit("test.note", R"("outcomes":["throw"])");
    a.daemon.await_state("a", "disabled");
    CHECK_THAT(a.daemon.plugin("a").reason, Contains("told to throw"));
}

TEST_CASE("under hold nothing passes a failed event, which is tried again until it goes through", "[integration]") {
    Obeying a("on_error: hold");
    a.daemon.raise_flag("bad");
    a.daemon.emit();
    a.daemon.emit("test.note", "\"fail_while\":" + a.path("bad"));
    a.daemon.emit_many(3);
    // In one look: between two it tries again, and is not blocked for that moment.
    a.daemon.await("it to be blocked by the failure", [&] {
        const PluginView view = a.daemon.plugin("a");
        return view.state == "blocked" && view.reason.find("told to fail") != std::string::npos;
    });
    a.daemon.await("a second attempt", [&] { return count_of(a.ids(), "2") >= 2; });
    CHECK(a.daemon.plugin("a").position == 1);
    a.daemon.lower_flag("bad");
    a.daemon.await_caught_up("a");
    const Ids ids = a.ids();
    REQUIRE(ids.size() >= 4);
    CHECK(ids.front() == "1");
    CHECK(Ids(ids.end() - 3, ids.end()) == Ids{"3", "4", "5"});
    CHECK(count_of(ids, "2") == ids.size() - 4);
    CHECK(a.daemon.plugin("a").dead_letters == 0);
}

TEST_CASE("under skip a failed event becomes a dead letter, to retry or to drop by hand", "[integration]") {
    Obeying a("on_error: skip");
    a.daemon.raise_flag("bad");
    a.daemon.emit("test.note", "\"fail_while\":" + a.path("bad"));
    a.daemon.emit("test.note", "\"fail_while\":" + a.path("bad"));
    a.daemon.emit_many(2);
    a.daemon.await_caught_up("a");
    CHECK(a.ids() == Ids{"1", "2", "3", "4"});
    CHECK(a.daemon.plugin("a").dead_letters == 2);
    CHECK(a.daemon.plugin("a").state == "running");

    const bool killed = GENERATE(false, true);
    a.restart(killed);
    a.daemon.await_state("a", "running");
    const auto letters = a.dead_letters();
    const auto& list = foley::json::member(letters, "dead_letters");
    REQUIRE(list.Size() == 2);
    CHECK(std::string(foley::json::text_or_empty(list[0], "reason")) == "told to fail while a file exists");
    CHECK(foley::json::integer(foley::json::find(list[0], "event", "sequence")) == 1);

    a.daemon.lower_flag("bad");
    a.daemon.post("/v1/dead-letters/a/1/retry");
    a.daemon.await("event 1 to be handled again", [&] { return count_of(a.ids(), "1") == 2; });
    a.daemon.post("/v1/dead-letters/a/2/drop");
    a.daemon.await_state("a", "running");
    a.daemon.await("no dead letter to be left", [&] { return a.daemon.plugin("a").dead_letters == 0; });
    CHECK(count_of(a.ids(), "2") == 1);
    CHECK(a.daemon.request("POST", "/v1/dead-letters/a/2/drop", "{}").status == 409);
}

TEST_CASE("under retry a failed event comes again by itself, and ends as a dead letter", "[integration]") {
    Obeying a("on_error: retry, retry: {attempts: 2}");
    a.daemon.emit("test.note", R"("outcomes":["fail","done"])");
    a.daemon.emit("test.note", R"("outcomes":["fail"])");
    a.daemon.emit();
    a.daemon.await_caught_up("a");
    const Ids ids = a.ids();
    CHECK(count_of(ids, "1") == 2);
    CHECK(count_of(ids, "2") == 2);
    CHECK(count_of(ids, "3") == 1);
    CHECK(a.daemon.plugin("a").dead_letters == 1);
    CHECK(a.daemon.plugin("a").state == "running");
}

TEST_CASE("an event that asks for a retry comes again, others pass, those of its entity wait behind it",
          "[integration]") {
    Obeying a;
    // One that is not due as long as the test looks, so that all others have their turn before it.
    const std::string first = R"("entity":{"type":"Shot","id":"1"})";
    a.daemon.emit("test.note", first + R"(,"outcomes":["retry:3600000"])");
    a.daemon.emit("test.note", first);
    a.daemon.emit("test.note", R"("entity":{"type":"Shot","id":"2"})");
    a.daemon.emit("test.note", first);
    a.daemon.await("the event of another entity to pass, and the first to wait",
                   [&] { return a.ids().size() > 1 && a.daemon.plugin("a").retries == 1; });
    CHECK(a.ids() == Ids{"1", "3"});
    // And one that comes again, with those of its entity behind it.
    const std::string third = R"("entity":{"type":"Shot","id":"3"})";
    a.daemon.emit("test.note", third + R"(,"outcomes":["retry:50","done"])");
    a.daemon.emit("test.note", third);
    a.daemon.emit("test.note", third);
    a.daemon.await("the last one to be handled", [&] { return a.daemon.handled("a").has("7"); });
    CHECK(a.ids() == Ids{"1", "3", "5", "5", "6", "7"});
}

TEST_CASE("a retry waits out a restart", "[integration]") {
    const bool killed = GENERATE(false, true);
    CAPTURE(killed);
    Obeying a;
    // The first is not due as long as the test looks; the second may be due at any time, also while nothing runs.
    a.daemon.emit("test.note", R"("outcomes":["retry:3600000"])");
    a.daemon.emit("test.note", R"("outcomes":["retry:1500","done"])");
    a.daemon.emit();
    a.daemon.await("two events to wait and one to pass", [&] {
        const PluginView view = a.daemon.plugin("a");
        return view.retried == 2 && view.done > 0;
    });
    a.restart(killed);
    a.daemon.await("the second event to come again, and no other to be left", [&] {
        const PluginView view = a.daemon.plugin("a");
        return view.retries == 1 && count_of(a.ids(), "2") > 1 && count_of(a.ids(), "3") > 0;
    });
    const Handled handled = a.daemon.handled("a");
    CHECK(count_of(handled.ids(), "1") == 1);
    std::uint32_t attempts = 0;
    for (const HandledLine& line : handled.events()) {
        if (line.id == "2") attempts = std::max(attempts, line.attempt);
    }
    CHECK(attempts == 2);
    CHECK(handled.repeated_wrongly() == std::vector<std::string>{});
}

TEST_CASE("an event that holds blocks the plugin until the world is back, across restarts too", "[integration]") {
    Obeying a;
    a.daemon.raise_flag("away");
    a.daemon.emit("test.note", "\"hold_while\":" + a.path("away"));
    a.daemon.emit_many(3);
    // In one look: between two it tries again, and is not blocked for that moment.
    a.daemon.await("it to be blocked by what it was told", [&] {
        const PluginView view = a.daemon.plugin("a");
        return view.state == "blocked" && view.waits_for.find("told to hold") != std::string::npos;
    });
    a.daemon.await("it to ask again and again", [&] { return count_of(a.ids(), "1") > 3; });
    CHECK(count_of(a.ids(), "2") == 0);
    const int restart = GENERATE(0, 1, 2);
    CAPTURE(restart);
    if (restart > 0) {
        a.restart(restart == 2);
        a.daemon.await_state("a", "blocked");
        CHECK(count_of(a.ids(), "2") == 0);
    }
    a.daemon.lower_flag("away");
    a.daemon.await_caught_up("a");
    const Ids ids = a.ids();
    CHECK(Ids(ids.end() - 4, ids.end()) == Ids{"1", "2", "3", "4"});
    for (const HandledLine& line : a.daemon.handled("a").events())
        CHECK(line.attempt == 1);  // a world that is away is no attempt
    CHECK(a.daemon.plugin("a").state == "running");
}

TEST_CASE("each callback says for itself whether its failure stops the event", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .options = "on_error: skip"}}});
    daemon.install("a", test_plugin("steps"));
    daemon.start();
    daemon.emit("test.note", R"("fail":["first"])");  // is skipped, the others run
    daemon.emit("test.note", R"("fail":["third"])");  // as configured for the plugin
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids() ==
          Ids{"first", "second", "third", "first", "second", "third", "first", "second", "third"});
    CHECK(daemon.plugin("a").dead_letters == 2);
    CHECK(daemon.plugin("a").state == "running");
    // The second stops: the third does not see the event, and no callback an event after it.
    daemon.emit("test.note", R"("fail":["first","second"])");
    daemon.emit();
    daemon.await_state("a", "disabled");
    CHECK_THAT(daemon.plugin("a").reason, Contains("second was told to fail"));
    const Ids ids = daemon.handled("a").ids();
    REQUIRE(ids.size() == 11);
    CHECK(Ids(ids.end() - 2, ids.end()) == Ids{"first", "second"});
    CHECK(daemon.plugin("a").position == 3);
    daemon.post("/v1/plugins/a/enable", R"({"skip_event":true})");
    daemon.await_caught_up("a");
    CHECK(daemon.handled("a").ids().size() == 14);
}

TEST_CASE("ignored is finished, and explained", "[integration]") {
    Obeying a;
    a.daemon.emit("test.note", R"("outcomes":["ignore"])");
    a.daemon.await_caught_up("a");
    CHECK(a.daemon.plugin("a").ignored == 1);
    const auto answer = a.daemon.get("/v1/events/1/explain");
    CHECK(std::string(foley::json::text_or_empty(answer, "plugins", 0, "plugin")) == "a");
    CHECK_FALSE(foley::json::text_or_empty(answer, "plugins", 0, "explanation").empty());
}

TEST_CASE("what a failed attempt wrote to the key-value store is dropped, what a retry wrote is kept",
          "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .options = "on_error: skip"}}});
    daemon.install("a", test_plugin("ledger"));
    daemon.start();
    const std::size_t count = scaled(200, 40);
    daemon.emit_many(count);
    daemon.await_caught_up("a");
    daemon.emit("test.report");
    daemon.await_caught_up("a");
    const Handled handled = daemon.handled("a");
    CHECK(handled.count("broken") == 0);
    const auto report = handled.of_kind("report");
    REQUIRE(report.size() == 1);
    const std::string failed = std::to_string(count - count / 10), retried = std::to_string(count / 5);
    CHECK_THAT(report[0].text, Contains(" " + failed + " " + retried + " " + failed + " "));
    CHECK(daemon.plugin("a").dead_letters == count / 10);
}
