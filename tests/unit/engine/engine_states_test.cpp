// What a plugin's state means for itself, for those that come after it, and for what is kept.
#include "tests/unit/engine/engine_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace foley::core;
using Lines = std::vector<std::string>;

TEST_CASE_METHOD(EngineFixture, "a plugin that the configuration disables says so and holds nobody back",
                 "[engine][states]") {
    options.plugins["a"].enabled = false;
    options.plugins["a"].fingerprint = "disabled";
    options.plugins["b"].after = {"a"};
    install("one", "a");
    install("one", "b");
    start();
    await_state("a", PluginState::disabled);
    CHECK(plugin("a").reason == "disabled in the configuration (enabled: false)");
    emit("done");
    await_caught_up("b");
    CHECK(by_hand([&](auto done) { engine->enable("a", false, done); }).find("enabled: true") != std::string::npos);

    EngineOptions changed = options;
    changed.plugins["a"].enabled = true;
    changed.plugins["a"].fingerprint = "enabled";
    engine->reconfigure(changed);
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 1 1"});
    engine->reconfigure(options);
    await_state("a", PluginState::disabled);
    CHECK_FALSE(plugin("a").pid);
}

TEST_CASE_METHOD(EngineFixture, "a plugin that is disabled by hand before its library was looked at stays so",
                 "[engine][states]") {
    SECTION("before there is a file") {
        start();
        CHECK(by_hand([&](auto done) { engine->disable("a", "not yet", done); }).empty());
        install("one", "a");
    }
    SECTION("between the file's appearance and its copy") {
        options.settle = std::chrono::milliseconds(500);
        install("one", "a");
        start();
        await("the file to be seen", [&] { return !plugin("a").file.empty(); });
        CHECK(by_hand([&](auto done) { engine->disable("a", "not yet", done); }).empty());
    }
    emit("done");
    // b is looked at after a; when it runs, a has been judged.
    install("one", "b");
    await_caught_up("b");
    stop();
    options.settle = std::chrono::milliseconds(20);
    start();
    await_caught_up("b");
    await_state("a", PluginState::disabled);
    CHECK(plugin("a").reason == "disabled by hand: not yet");
    CHECK(lines("a").empty());
    install("two", "a");
    await_caught_up("a");
    CHECK(lines("a") == Lines{"1 2 1"});
}
