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
