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
