#include <foley/testing.hpp>

using foley::testing::expect;

int main() {
    return foley::testing::run([] {
        foley::testing::Plugin plugin{std::filesystem::path(FOLEY_TEST_PLUGIN)};
        expect(plugin.start().kind() == foley::Outcome::Kind::done, "the plugin starts");

        const auto results = plugin.deliver(foley::testing::plain_event(R"({"type": "status.change",
            "entity": {"type": "Shot", "id": "860"}, "attribute": "status", "old": "wtg", "new": "ip"})"));
        expect(results.size() == 1, "one callback wants the event");
        expect(plugin.logged("Shot 860 went from wtg to ip"), "it says what changed");
    });
}
