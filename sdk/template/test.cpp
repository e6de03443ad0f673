// Runs the plugin's callbacks without a daemon: `ctest` in the build directory, or this program alone, which takes the
// path of another build of the plugin.
#include <foley/testing.hpp>

using foley::Outcome;
using foley::testing::expect;

int main(int argc, char** argv) {
    return foley::testing::run([&] {
        foley::testing::Plugin plugin{argc > 1 ? argv[1] : FOLEY_TEST_PLUGIN};
        plugin.set("greeting", "Good evening");
        expect(plugin.start().kind() == Outcome::Kind::done, "the plugin starts");

        const auto results = plugin.deliver(foley::testing::plain_event(R"({
            "id": "1", "type": "status.change", "user": "ann",
            "entity": {"type": "Shot", "id": "860"}, "attribute": "status", "old": "wtg", "new": "ip"})"));
        expect(results.size() == 1, "a status is wanted by one callback");
        expect(results[0].outcome.kind() == Outcome::Kind::done, "the event is handled");
        expect(plugin.logged("Good evening, ann! Shot 860 went from wtg to ip."), "the change is said");
        expect(plugin.state().at("status/860") == "ip", "the status is remembered");

        const auto other = plugin.deliver(foley::testing::plain_event(
            R"({"type": "note", "entity": {"type": "Shot", "id": "860"}, "attribute": "notes"})"));
        expect(other.empty(), "no callback wants a change of another attribute");
    });
}
