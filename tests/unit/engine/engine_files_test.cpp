// What the engine makes of plugin files and directories as they come, change and go.
#include "tests/unit/engine/engine_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace foley::core;
using Lines = std::vector<std::string>;

TEST_CASE_METHOD(EngineFixture, "a plugin directory that cannot be watched is told, and the others go on",
                 "[engine][files]") {
    std::filesystem::create_symlink("loop", home / "loop");  // followed for ever: ELOOP
    options.directories.push_back({home / "loop", false});
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    const auto told = [&] {
        const std::vector<std::string> notes = engine->status().notes;
        return std::any_of(notes.begin(), notes.end(), [&](const std::string& note) {
            return note.find((home / "loop").string() + " cannot be watched") != std::string::npos;
        });
    };
    await("the problem to be told", told);
    SECTION("until it can") {
        std::filesystem::remove(home / "loop");
        std::filesystem::create_directory(home / "loop");
        await("the problem to be over", [&] { return !told(); });
    }
    SECTION("also when it comes with a new configuration, and not after it went with one") {
        options.directories.pop_back();
        engine->reconfigure(options);
        await("the problem to be over", [&] { return !told(); });
        options.directories.push_back({home / "loop", false});
        engine->reconfigure(options);
        await("the problem to be told", told);
    }
    emit("done");
    await_caught_up("a");
}

TEST_CASE_METHOD(EngineFixture, "a file that is renamed under the running daemon keeps its position with state_of",
                 "[engine][files]") {
    options.plugins["b"].state_of = "a";
    install("one", "a");
    start();
    emit("done");
    await_caught_up("a");
    SECTION("at once") {
        emit("wait");
        await("the second callback", [&] { return lines("a").size() == 2; });
        std::filesystem::rename(home / "plugins" / "a.so", home / "plugins" / "b.so");
        await_state("a", PluginState::draining);
        make_world();
    }
    SECTION("when the old one goes, as long as that is there") {
        install("one", "b");
        await_state("b", PluginState::blocked);
        CHECK(plugin("b").waits_for.find("a cannot be renamed") != std::string::npos);
        emit("done");
        await_caught_up("a");
        remove("a");
    }
    await_state("b", PluginState::running);
    emit("done");
    await_caught_up("b");
    CHECK(lines("a") == Lines{"1 1 1", "2 1 1"});
    CHECK(lines("b") == Lines{"3 1 1"});
    CHECK(plugin("a").name.empty());
    // The old name is free: a file of it is a new plugin.
    install("one", "a");
    await("a to begin at the beginning", [&] { return lines("a").size() == 5; });
}

TEST_CASE_METHOD(EngineFixture, "the good copies before the present one outlive the daemon", "[engine][files]") {
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    const std::string one = plugin("a").build;
    install("two", "a");
    await("the reload", [&] { return plugin("a").reloads == 1; });
    stop();
    SECTION("for a rollback by hand") {
        start();
        await_state("a", PluginState::running);
        CHECK(by_hand([&](auto done) { engine->rollback("a", done); }).empty());
        await("the earlier build", [&] { return plugin("a").build == one; });
        await_state("a", PluginState::running);
    }
    SECTION("for a bad build that is installed after the start") {
        start();
        await_state("a", PluginState::running);
        const std::string two = plugin("a").build;
        install("start_fails", "a");
        await("the problem", [&] { return !plugin("a").reload_problem.empty(); });
        await_state("a", PluginState::running);
        CHECK(plugin("a").build == two);
    }
    SECTION("for a bad build that was installed while the daemon was away") {
        install("start_fails", "a");
        start();
        await("the problem", [&] { return !plugin("a").reload_problem.empty(); });
        await_state("a", PluginState::running);
        CHECK(plugin("a").build != one);
    }
    emit("done");
    await_caught_up("a");
}

TEST_CASE_METHOD(EngineFixture, "the same library installed again is tried again", "[engine][files]") {
    options.check_settings = [this](const std::string&, const std::vector<SettingDeclaration>&) {
        CheckedSettings checked;
        if (!std::filesystem::exists(home / "world")) checked.problems = {"there is no world"};
        return checked;
    };
    install("one", "a");
    start();
    await_state("a", PluginState::refused);
    make_world();
    install("one", "a");
    await_state("a", PluginState::running);
}

TEST_CASE_METHOD(EngineFixture, "a private copy that a power cut left empty is made again", "[engine][files]") {
    install("one", "a");
    start();
    await_state("a", PluginState::running);
    const std::string copy = plugin("a").build + ".so";
    stop();
    std::filesystem::resize_file(options.state_directory / "copies" / "a" / copy, 0);
    start();
    await_state("a", PluginState::running);
}

TEST_CASE_METHOD(EngineFixture,
                 "`latest` is the journal's head when the file was first seen, however late it can start",
                 "[engine][files]") {
    options.plugins["a"].start = StartLatest{};
    const std::filesystem::path memo = options.state_directory / "plugins" / "a.json";
    std::filesystem::create_directories(memo.parent_path());
    std::ofstream(memo) << "{";
    start();
    emit("done");
    install("one", "a");
    await_state("a", PluginState::blocked);
    emit("done");
    std::filesystem::remove(memo);
    await_caught_up("a");
    CHECK(lines("a") == Lines{"2 1 1"});
}
