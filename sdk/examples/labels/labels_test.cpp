#include <foley/testing.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using foley::Outcome;
using foley::testing::expect;

namespace {

const char* const kUpdate = R"({"id": "e-1", "topic": "ftrack.update", "data": {"entities": [
    {"entity_type": "Task", "entityType": "task", "entityId": "t-1", "action": "update", "keys": ["hs_location"],
     "changes": {"hs_location": {"old": "yul", "new": "yul, lax"}}}]}})";

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

}  // namespace

int main() {
    return foley::testing::run([] {
        const auto folder = std::filesystem::current_path() / "labels-test";
        std::filesystem::remove_all(folder);

        foley::testing::Plugin plugin{std::filesystem::path(FOLEY_TEST_PLUGIN)};
        plugin.set("folder", folder);
        expect(plugin.start().kind() == Outcome::Kind::hold, "without its folder the plugin waits");
        std::filesystem::create_directory(folder);
        expect(plugin.start().kind() == Outcome::Kind::done, "with its folder it starts");

        const auto results = plugin.deliver(foley::testing::ftrack_event(kUpdate));
        expect(results.size() == 1 && results[0].callback == "on_location", "one callback wants the change");
        expect(results[0].outcome.kind() == Outcome::Kind::done, "the change is handled");
        expect(content(folder / "t-1") == "yul, lax", "the labels are in the entity's file");

        std::filesystem::remove(folder / "t-1");
        expect(plugin.gap("studio", {}, {}).size() == 1, "the gap is wanted");
        expect(plugin.tick("reconcile").kind() == Outcome::Kind::done, "all entities fit in one slice");
        expect(content(folder / "t-1") == "yul, lax", "what was missing is mended");

        auto action = foley::testing::ftrack_event(R"({"topic": "ftrack.action.launch", "data": {}})");
        expect(plugin.deliver(action).at(0).outcome.kind() == Outcome::Kind::ignored, "nobody waits");
        action.deadline = action.received_at + std::chrono::seconds{60};
        expect(plugin.deliver(action).at(0).outcome.kind() == Outcome::Kind::done, "someone waits");
        expect(plugin.replies().size() == 1, "and is answered");
        std::filesystem::remove_all(folder);
    });
}
