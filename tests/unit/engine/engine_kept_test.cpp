// What is kept for a plugin and for how long, and which events are its own.
#include "tests/unit/engine/engine_fixture.hpp"

#include <catch2/catch.hpp>

#include <span>

using namespace foley::core;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

class KeptFixture : public EngineFixture {
public:
    // Events that are 40 days old, appended at once: so no pruning can come between them.
    AppendResult emit_old(const std::vector<std::string>& ids) {
        std::vector<Event> events;
        for (const std::string& id : ids) {
            Event& event = events.emplace_back();
            event.source = "old";
            event.id = id;
            event.type = "probe.old";
            event.received_at = SystemClock().now() - 24h * 40;
            event.payload = "{}";
        }
        return journal->append("old", events);
    }
    void emit_of(const std::string& user) {
        Event event;
        event.source = "test";
        event.id = "of " + user;
        event.type = "probe.x";
        event.user = user;
        event.received_at = SystemClock().now();
        event.payload = "{}";
        journal->append("test", std::span(&event, 1));
    }
};

}  // namespace

TEST_CASE_METHOD(KeptFixture, "a plugin that is disabled or absent holds events for 30 days, then gets a gap",
                 "[engine][retention]") {
    options.prune_every = 1s;
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    SECTION("disabled by hand") {
        CHECK(by_hand([&](auto done) { engine->disable("a", "", done); }).empty());
        await_state("a", PluginState::disabled);
    }
    SECTION("disabled in the configuration") {
        EngineOptions changed = options;
        changed.plugins["a"].enabled = false;
        changed.plugins["a"].fingerprint = "disabled";
        engine->reconfigure(changed);
        await_state("a", PluginState::disabled);
    }
    SECTION("absent") {
        remove("a");
        await_state("a", PluginState::absent);
    }
    emit_old({"1", "2"});
    await("the old events to go", [&] { return journal->info().oldest > Sequence{2}; });
    await("the log to say so", [&] {
        return std::any_of(log.begin(), log.end(), [](const std::string& line) {
            return line.find("plugin a stood still for too long") != std::string::npos;
        });
    });
    CHECK(plugin("a").consumer.position == Sequence{2});
    CHECK(journal->info().head == Sequence{3});  // the gap's number
}

TEST_CASE_METHOD(KeptFixture, "a plugin that is paused holds events for as long as it is", "[engine][retention]") {
    options.prune_every = 1s;
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    CHECK(by_hand([&](auto done) { engine->pause("a", done); }).empty());
    await_state("a", PluginState::paused);
    emit_old({"1", "2"});
    // Pruning forgets the ids of old events first, so an id that counts as new again says that it ran; the second time
    // the first run is over.
    for (int run = 0; run < 2; ++run)
        await("a pruning", [&] { return emit_old({"2"}).appended == 1; });
    CHECK(by_hand([&](auto done) { engine->resume("a", done); }).empty());
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1", "2 1 1", "3 1 1", "4 1 1"});
}

TEST_CASE_METHOD(KeptFixture, "own events are skipped by default only where the account is the plugin's alone",
                 "[engine][own_events]") {
    options.sites = {{"mine", "ftrack", "robot", R"({"name":"mine"})"},
                     {"other", "ftrack", "someone", R"({"name":"other"})"}};
    options.defaults.sites = {"other"};
    options.plugins["a"] = options.defaults;
    options.plugins["a"].sites = {"mine"};
    bool skipped = true;
    SECTION("nobody else has it: skipped") {}
    SECTION("nobody else has it, but it takes them") {
        options.plugins["a"].skip_own_events = false;
        skipped = false;
    }
    SECTION("another plugin has it too: taken") {
        options.plugins["b"] = options.defaults;
        options.plugins["b"].sites = {};
        skipped = false;
    }
    SECTION("the same account stands under another name: taken") {
        options.sites[1].user = "robot";
        skipped = false;
    }
    SECTION("another plugin has it too, and it skips them all the same") {
        options.plugins["b"] = options.defaults;
        options.plugins["b"].sites = {};
        options.plugins["a"].skip_own_events = true;
    }
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    emit_of("robot");
    emit_of("anna");
    await_caught_up("a");
    CHECK(lines("a") == (skipped ? Lines{"2 1 1"} : Lines{"1 1 1", "2 1 1"}));
    CHECK(plugin("a").own_skipped == (skipped ? 1 : 0));
    std::vector<std::pair<std::string, std::string>> answer;
    engine->explain(Sequence{1}, [&](const std::string&, auto explained) { answer = std::move(explained); });
    await("an explanation", [&] { return !answer.empty(); });
    CHECK((answer.front().second.find("own account") != std::string::npos) == skipped);
}

TEST_CASE_METHOD(KeptFixture, "a host that does not end in time for a reload is killed, and its event comes once more",
                 "[engine][reload]") {
    options.drain_timeout = 100ms;
    install("one", "a");
    start();
    emit("stuck");
    emit("done");
    await("the first callback", [&] { return lines("a").size() == 1; });
    install("two", "a");
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1", "1 2 1", "2 2 1"});
    CHECK(plugin("a").state == PluginState::running);
    CHECK(plugin("a").reload_problem.empty());
}
