// foley/testing.hpp has the daemon's rule for filters written down a second time, since the SDK may not know core. This
// holds the two together.
#include "payloads.hpp"

#include "core/event/filter.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <random>

using namespace foley;

namespace {

// The facts of an event as a source of the daemon fills them.
core::Event daemon_event(const testing::SavedEvent& saved) {
    const json::Document payload = json::parse(saved.payload);
    const EventFacts facts = read_facts(saved.shape, payload);
    core::Event event;
    event.source = saved.source;
    event.type = saved.type;
    for (const Project& project : facts.projects) {
        for (const std::string& text : {project.id, project.name}) {
            if (!text.empty()) event.projects.push_back(text);
        }
    }
    for (const Change& change : facts.changes) {
        event.changes.push_back({change.entity.type, change.entity.id, change.attribute, change.action});
    }
    return event;
}

core::Filter daemon_filter(const Filter& filter) {
    return {.kind = core::EventKind::site,
            .source = filter.source.texts(),
            .type = filter.type.texts(),
            .attribute = filter.attribute.texts(),
            .entity_type = filter.entity_type.texts(),
            .project = filter.project.texts(),
            .exclude_project = filter.exclude_project.texts()};
}

class Dice {
public:
    explicit Dice(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_); }
    // Often none, else one to three of the words.
    Patterns patterns(const std::vector<std::string>& words) {
        std::vector<std::string> texts;
        if (below(2) == 0) return texts;
        for (std::size_t i = 0, count = 1 + below(3); i < count; ++i)
            texts.push_back(words[below(words.size())]);
        return texts;
    }

private:
    std::mt19937 engine_;
};

}  // namespace

TEST_CASE("a filter wants the same events in a test as in the daemon", "[sdk][match]") {
    const std::vector<testing::SavedEvent> events{testing::ftrack_event(tests::kFtrackUpdate),
                                                  testing::ftrack_event(tests::kFtrackRemove),
                                                  testing::ftrack_event(tests::kFtrackAction),
                                                  testing::shotgrid_event(tests::kShotgridChange),
                                                  testing::shotgrid_event(tests::kShotgridMaintenance),
                                                  testing::plain_event(tests::kPlain),
                                                  testing::plain_event("{}")};
    const unsigned seed = 20260331;
    CAPTURE(seed);
    Dice dice(seed);
    int wanted = 0;
    for (int i = 0; i < 3000; ++i) {
        const Filter filter{
            .type = dice.patterns({"*", "ftrack.update", "ftrack.*", "Shotgun_*", "Shotgun_Task_Change", "x", ""}),
            .attribute = dice.patterns({"*", "hs_location", "hs_*", "sg_status_list", "status", "", "x"}),
            .entity_type = dice.patterns({"*", "Task", "T*", "Shot", "Project", "x"}),
            .project = dice.patterns({"*", "p-1", "p-*", "70", "Demo", "D*", "x"}),
            .exclude_project = dice.patterns({"*", "p-2", "Demo", "7*", "x"}),
            .source = dice.patterns({"*", "test", "te*", "x"})};
        testing::Plugin plugin([&](Registrar& registrar) { registrar.on(filter, [](const Event&, Context&) {}); });
        static_cast<void>(plugin.start());
        for (const auto& event : events) {
            const bool in_test = !plugin.deliver(event).empty();
            const bool in_daemon = core::matches(daemon_filter(filter), daemon_event(event));
            CAPTURE(event.payload, i);
            REQUIRE(in_test == in_daemon);
            wanted += in_test ? 1 : 0;
        }
    }
    CHECK(wanted > 1000);
}
