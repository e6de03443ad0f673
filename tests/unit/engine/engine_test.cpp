#include "core/engine/engine.hpp"

#include "tests/unit/engine/engine_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace foley::core;
using Lines = std::vector<std::string>;

namespace {

std::size_t count(const Lines& lines, const std::string& line) {
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
}

}  // namespace

TEST_CASE_METHOD(EngineFixture, "an event reaches a plugin and its position moves", "[engine]") {
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    emit("done");
    emit("done", "e", "other.type");
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1"});
    CHECK(plugin("a").done == 1);
    CHECK(plugin("a").unwanted == 1);
}

TEST_CASE_METHOD(EngineFixture, "a new plugin starts at the newest event unless told otherwise", "[engine]") {
    options.plugins["a"].start = StartLatest{};
    options.plugins["b"].start = StartEarliest{};
    start();
    emit("done");
    install("one", "a");
    install("one", "b");
    await_state("a", PluginState::running);
    await_state("b", PluginState::running);
    emit("done");
    await_caught_up("a");
    await_caught_up("b");
    CHECK(lines("a") == Lines{"2 1 1"});
    CHECK(lines("b") == Lines{"1 1 1", "2 1 1"});
}

TEST_CASE_METHOD(EngineFixture,
                 "a failure disables the plugin and the event is the first one again when the file changes",
                 "[engine]") {
    install("one", "a");
    start();
    emit("done");
    emit("fail");
    emit("done");
    await_state("a", PluginState::disabled);
    CHECK(plugin("a").reason == "on_event, event 2 (probe.x e2): as asked");
    CHECK(plugin("a").consumer.position == Sequence{1});

    SECTION("at once") {}
    SECTION("also after the daemon started again") {
        stop();
        start();
        await_state("a", PluginState::disabled);
    }
    install("two", "a");
    await_state("a", PluginState::running);
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1", "2 1 1", "2 2 2", "3 2 1"});
}

TEST_CASE_METHOD(EngineFixture, "a disabled plugin can be enabled, and made to skip the event", "[engine]") {
    install("one", "a");
    start();
    emit("fail");
    emit("done");
    await_state("a", PluginState::disabled);
    CHECK(by_hand([&](auto done) { engine->enable("a", false, done); }).empty());
    await("the second failure", [&] { return plugin("a").failed == 2; });
    await_state("a", PluginState::disabled);
    CHECK(by_hand([&](auto done) { engine->enable("a", true, done); }).empty());
    await_caught_up("a");
    CHECK(lines("a").back() == "2 1 1");
    CHECK(plugin("a").consumer.dead_letters == 1);
    CHECK_FALSE(by_hand([&](auto done) { engine->enable("a", false, done); }).empty());
}

TEST_CASE_METHOD(EngineFixture, "skip keeps a dead letter and goes on", "[engine]") {
    options.plugins["a"].on_error = OnError::skip;
    options.plugins["a"].start = StartEarliest{};
    install("one", "a");
    start();
    emit("fail");
    emit("done");
    await_caught_up("a");
    CHECK(plugin("a").consumer.dead_letters == 1);
    CHECK(plugin("a").state == PluginState::running);
    CHECK(by_hand([&](auto done) { engine->retry_dead_letter("a", Sequence{7}, done); }) == "a has no dead letter 7");
    CHECK(by_hand([&](auto done) { engine->retry_dead_letter("a", Sequence{1}, done); }).empty());
    await("the third callback", [&] { return lines("a").size() == 3; });
    CHECK(lines("a") == Lines{"1 1 1", "2 1 1", "1 1 1"});
}

TEST_CASE_METHOD(EngineFixture, "a retry holds back later events of its entity and lets others pass", "[engine]") {
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    emit("retry", "x");
    emit("done", "x");
    emit("done", "y");
    await("the event of another entity", [&] { return count(lines("a"), "3 1 1") == 1; });
    make_world();
    await_caught_up("a");
    const Lines all = lines("a");
    REQUIRE(all.size() >= 4);
    CHECK(all.front() == "1 1 1");
    CHECK(count(all, "3 1 1") == 1);
    CHECK(all[all.size() - 2].starts_with("1 1 "));
    CHECK(count(all, "2 1 1") == 1);
    CHECK(all.back() == "2 1 1");
}

TEST_CASE_METHOD(EngineFixture, "a held world blocks the plugin until it is back", "[engine]") {
    install("one", "a");
    start();
    emit("hold");
    emit("done", "other");
    await_state("a", PluginState::blocked);
    CHECK(plugin("a").waits_for == "the world is away");
    make_world();
    await_caught_up("a");
    CHECK(lines("a").back() == "2 1 1");
    CHECK(plugin("a").state == PluginState::running);
    CHECK(plugin("a").consumer.dead_letters == 0);
}

TEST_CASE_METHOD(EngineFixture, "a reload loses nothing and repeats nothing", "[engine]") {
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    for (int index = 0; index < 30; ++index)
        emit(index == 0 ? "wait" : "done");
    await("the first callback", [&] { return !lines("a").empty(); });
    install("two", "a");
    await_state("a", PluginState::draining);
    make_world();
    await("the reload", [&] { return plugin("a").reloads == 1; });
    await_caught_up("a");
    const Lines all = lines("a");
    REQUIRE(all.size() == 30);
    for (std::size_t index = 0; index < all.size(); ++index) {
        CHECK(all[index].starts_with(std::to_string(index + 1) + " "));
    }
    CHECK(all.front() == "1 1 1");
}

TEST_CASE_METHOD(EngineFixture, "a crash disables the plugin, keeps a report, and leaves others alone", "[engine]") {
    install("one", "a");
    install("one", "b");
    start();
    await_state("a", PluginState::running);
    await_state("b", PluginState::running);
    options.plugins["b"].on_error = OnError::skip;
    emit("done");
    emit("crash");
    await_state("a", PluginState::disabled);
    await("the report", [&] { return crashes.size() == 2; });
    CHECK(crashes[0].sequence == Sequence{2});
    CHECK(crashes[0].callback == "on_event");
    CHECK(plugin("a").consumer.position == Sequence{1});
}

TEST_CASE_METHOD(EngineFixture, "quarantine keeps the event that crashed the plugin as a dead letter and goes on",
                 "[engine]") {
    options.plugins["a"].on_crash = OnCrash::quarantine;
    options.plugins["a"].start = StartEarliest{};
    install("one", "a");
    start();
    emit("crash");
    emit("done");
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1", "2 1 1"});
    CHECK(plugin("a").consumer.dead_letters == 1);
}

TEST_CASE_METHOD(EngineFixture, "a candidate that fails to load changes nothing for the running one", "[engine]") {
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    const std::optional<int> pid = plugin("a").pid;

    SECTION("because its on_start fails") {
        install("start_fails", "a");
        await("the problem", [&] { return !plugin("a").reload_problem.empty(); });
        await_state("a", PluginState::running);
    }
    SECTION("because it is no library") {
        std::filesystem::copy_file("/etc/hostname", home / "plugins" / "a.so",
                                   std::filesystem::copy_options::overwrite_existing);
        await("the problem", [&] { return !plugin("a").reload_problem.empty(); });
        CHECK(plugin("a").pid == pid);
    }
    emit("done");
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1"});
    install("two", "a");
    await("the reload",
          [&] { return plugin("a").reload_problem.empty() && plugin("a").state == PluginState::running; });
}

TEST_CASE_METHOD(EngineFixture, "a plugin comes after another", "[engine]") {
    options.plugins["b"].after = {"a"};
    options.plugins["b"].start = StartEarliest{};
    install("one", "a");
    install("one", "b");
    start();
    await_state("a", PluginState::running);
    await_state("b", PluginState::running);
    emit("wait");
    await_state("b", PluginState::blocked);
    CHECK(plugin("b").waits_for == "plugin a");
    CHECK(lines("b").empty());
    make_world();
    await_caught_up("b");
    CHECK(lines("b").size() == 1);
    std::filesystem::remove(home / "world");
    emit("hold", "x");
    await_state("a", PluginState::blocked);
    emit("done", "y");
    make_world();
    await_caught_up("b");
}

TEST_CASE_METHOD(EngineFixture, "timers tick between events and pausing stops them", "[engine]") {
    install("timer", "a");
    start();
    await("two ticks", [&] { return lines("a").size() >= 2; });
    CHECK(by_hand([&](auto done) { engine->pause("a", done); }).empty());
    await_state("a", PluginState::paused);
    const std::uint64_t event = emit("done");
    CHECK(by_hand([&](auto done) { engine->resume("a", done); }).empty());
    await_caught_up("a");
    const Lines all = lines("a");
    CHECK(count(all, std::to_string(event) + " 1 1") == 1);
}

TEST_CASE_METHOD(EngineFixture, "removing a file keeps the position, and seek and replay move it", "[engine]") {
    install("one", "a");
    start();
    emit("done");
    emit("done");
    await_caught_up("a");
    remove("a");
    await_state("a", PluginState::absent);
    emit("done");
    install("one", "a");
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1", "2 1 1", "3 1 1"});
    CHECK(by_hand([&](auto done) { engine->replay("a", {Sequence{2}}, done); }).empty());
    await("the replay", [&] { return lines("a").size() == 4; });
    CHECK(lines("a").back() == "2 1 1");
    CHECK(by_hand([&](auto done) { engine->seek("a", StartAfter{Sequence{1}}, done); }).empty());
    await("the events after 1", [&] { return lines("a").size() == 6; });
    CHECK(lines("a").back() == "3 1 1");
}

TEST_CASE_METHOD(EngineFixture, "a renamed plugin takes over its position with state_of", "[engine]") {
    options.plugins["b"].state_of = "a";
    install("one", "a");
    start();
    emit("keep");
    await_caught_up("a");
    remove("a");
    await_state("a", PluginState::absent);
    install("one", "b");
    emit("done");
    await_state("b", PluginState::running);
    await_caught_up("b");
    CHECK(lines("b") == Lines{"2 1 1"});
    CHECK(plugin("a").name.empty());
}

TEST_CASE_METHOD(EngineFixture, "after an unclean end only the event in the callback is repeated", "[engine]") {
    install("one", "a");
    start();
    for (int index = 0; index < 10; ++index)
        emit(index == 5 ? "wait" : "done");
    await("the sixth callback", [&] { return lines("a").size() == 6; });
    engine.reset();  // kills the host; nothing is drained
    io.restart();
    io.poll();
    journal.reset();
    make_world();
    start();
    await_caught_up("a");
    const Lines all = lines("a");
    CHECK(all.size() == 11);
    CHECK(count(all, "6 1 1") == 2);
}
