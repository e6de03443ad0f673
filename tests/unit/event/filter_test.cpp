#include "core/event/filter.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace foley::core {
namespace {

Event task_update() {
    Event event;
    event.source = "studio";
    event.type = "Shotgun_Task_Change";
    event.projects = {"70", "Snow"};
    event.changes = {{"Task", "9", "sg_status_list", "update"}, {"Shot", "12", "cut_in", "update"}};
    return event;
}

Filter with(std::vector<std::string> Filter::*clause, std::vector<std::string> values) {
    Filter filter;
    filter.*clause = std::move(values);
    return filter;
}

TEST_CASE("an empty filter matches every site event and no gap", "[event][filter]") {
    Event event = task_update();
    CHECK(matches({}, event));
    event.kind = EventKind::gap;
    CHECK_FALSE(matches({}, event));
    Filter gaps;
    gaps.kind = EventKind::gap;
    CHECK(matches(gaps, event));
    CHECK_FALSE(matches(gaps, task_update()));
}

TEST_CASE("the values of a clause are alternatives, a star is any, a star at the end a prefix", "[event][filter]") {
    const Event event = task_update();
    CHECK(matches(with(&Filter::type, {"Other", "Shotgun_Task_Change"}), event));
    CHECK(matches(with(&Filter::type, {"Shotgun_Task_*"}), event));
    CHECK(matches(with(&Filter::type, {"*"}), event));
    CHECK_FALSE(matches(with(&Filter::type, {"Shotgun_Task"}), event));
    CHECK_FALSE(matches(with(&Filter::type, {"shotgun_task_change"}), event));
    CHECK(matches(with(&Filter::source, {"studio"}), event));
    CHECK_FALSE(matches(with(&Filter::source, {"other"}), event));
    CHECK(matches(with(&Filter::attribute, {"cut_in"}), event));
    CHECK(matches(with(&Filter::entity_type, {"Sh*"}), event));
}

TEST_CASE("attribute and entity type must hold for the same change", "[event][filter]") {
    const Event event = task_update();
    Filter filter = with(&Filter::attribute, {"sg_status_list"});
    filter.entity_type = {"Task"};
    CHECK(matches(filter, event));
    filter.entity_type = {"Shot"};
    CHECK_FALSE(matches(filter, event));
    CHECK_THAT(explain_mismatch(filter, event), Catch::Matchers::Contains("not in the same change"));
}

TEST_CASE("an event without changes matches only filters that ask for none", "[event][filter]") {
    Event event = task_update();
    event.changes.clear();
    CHECK(matches({}, event));
    CHECK(matches(with(&Filter::attribute, {"*"}), event));
    CHECK_FALSE(matches(with(&Filter::attribute, {"sg_*"}), event));
    CHECK_FALSE(matches(with(&Filter::entity_type, {"Task"}), event));
}

TEST_CASE("a project is named by id or name, and an excluded one wins", "[event][filter]") {
    Event event = task_update();
    CHECK(matches(with(&Filter::project, {"Snow"}), event));
    CHECK(matches(with(&Filter::project, {"70"}), event));
    CHECK_FALSE(matches(with(&Filter::project, {"71"}), event));
    CHECK_FALSE(matches(with(&Filter::exclude_project, {"Sn*"}), event));
    Filter both = with(&Filter::project, {"*"});
    both.exclude_project = {"70"};
    CHECK_FALSE(matches(both, event));
    event.projects.clear();
    CHECK(matches(both, event));
    CHECK_FALSE(matches(with(&Filter::project, {"Snow"}), event));
}

TEST_CASE("a mismatch is explained by the clause that said no", "[event][filter]") {
    using Catch::Matchers::Contains;
    const Event event = task_update();
    CHECK(explain_mismatch({}, event).empty());
    CHECK(explain_mismatch(with(&Filter::type, {"A", "B*"}), event) ==
          "type: the filter wants 'A', 'B*', the event's is 'Shotgun_Task_Change'");
    CHECK_THAT(explain_mismatch(with(&Filter::source, {"x"}), event), Contains("source:") && Contains("'studio'"));
    CHECK(explain_mismatch(with(&Filter::attribute, {"x"}), event) ==
          "attribute: the filter wants 'x', the event changes 'sg_status_list', 'cut_in'");
    CHECK_THAT(explain_mismatch(with(&Filter::entity_type, {"x"}), event), Contains("'Task', 'Shot'"));
    CHECK_THAT(explain_mismatch(with(&Filter::project, {"x"}), event), Contains("'70', 'Snow'"));
    CHECK_THAT(explain_mismatch(with(&Filter::exclude_project, {"70"}), event), Contains("exclude_project"));
    Filter gaps;
    gaps.kind = EventKind::gap;
    CHECK_THAT(explain_mismatch(gaps, event), Contains("kind") && Contains("gap"));
}

TEST_CASE("a set of filters names those that match in the order of registration", "[event][filter]") {
    const FilterSet set({with(&Filter::type, {"*"}), with(&Filter::type, {"Shotgun_Task_Change", "X"}),
                         with(&Filter::type, {"X"}), with(&Filter::attribute, {"cut_in"}),
                         with(&Filter::type, {"Shotgun_*"}),
                         with(&Filter::type, {"Shotgun_Task_Change", "Shotgun_Task_Change"})});
    CHECK(set.matching(task_update()) == std::vector<std::uint32_t>{0, 1, 3, 4, 5});
    CHECK(set.wants(task_update()));
    CHECK(set.filters().size() == 6);
    CHECK_FALSE(FilterSet({with(&Filter::type, {"X"})}).wants(task_update()));
    CHECK_FALSE(FilterSet({}).wants(task_update()));
}

TEST_CASE("a set agrees with its filters one by one, and with the explanation", "[event][filter]") {
    std::mt19937 random(7);
    const auto pick = [&](std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
    };
    const std::vector<std::string> words{"a", "ab", "b", "a*", "*", "", "ab*"};
    const auto clause = [&] {
        std::vector<std::string> values(pick(3));
        for (std::string& value : values)
            value = words[pick(words.size())];
        return values;
    };
    for (int round = 0; round < 2000; ++round) {
        std::vector<Filter> filters(1 + pick(4));
        for (Filter& filter : filters) {
            filter = {EventKind::site, clause(), clause(), clause(), clause(), clause(), clause()};
        }
        Event event;
        event.source = words[pick(3)];
        event.type = words[pick(3)];
        for (std::size_t count = pick(3); count > 0; --count) {
            event.changes.push_back({words[pick(3)], "1", words[pick(3)], ""});
        }
        for (std::size_t count = pick(3); count > 0; --count)
            event.projects.push_back(words[pick(3)]);
        const FilterSet set(filters);
        std::vector<std::uint32_t> expected;
        for (std::uint32_t index = 0; index < filters.size(); ++index) {
            const bool match = matches(filters[index], event);
            if (match) expected.push_back(index);
            REQUIRE(explain_mismatch(filters[index], event).empty() == match);
        }
        REQUIRE(set.matching(event) == expected);
        REQUIRE(set.wants(event) == !expected.empty());
        REQUIRE((expected.empty() || set.may_want(event.kind, event.type)));
    }
}

TEST_CASE("a set of filters tells by kind and type alone what it cannot want", "[event][filter]") {
    Filter gaps;
    gaps.kind = EventKind::gap;
    Filter changes = with(&Filter::type, {"Shotgun_Task_*"});
    changes.project = {"71"};
    const FilterSet set({with(&Filter::type, {"a", "b"}), gaps, changes});
    CHECK(set.may_want(EventKind::site, "a"));
    CHECK(set.may_want(EventKind::site, "b"));
    CHECK_FALSE(set.may_want(EventKind::site, "c"));
    CHECK(set.may_want(EventKind::gap, "foley.gap"));
    CHECK_FALSE(FilterSet({with(&Filter::type, {"a"})}).may_want(EventKind::gap, "a"));
}

}  // namespace
}  // namespace foley::core
