#include "core/foleyctl/adopt/state_file.hpp"

#include "tests/unit/foleyctl/python.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;

std::string refusal(const std::string& bytes) {
    try {
        read_event_state(bytes);
    } catch (const StateFileError& error) {
        return error.what();
    }
    return "accepted";
}

TEST_CASE("a state file of any protocol says the same of each plugin", "[adopt][state]") {
    for (int protocol = 0; protocol <= 5; ++protocol) {
        const EventState state = read_event_state(python_pickle(
            "{'/srv/plugins': {'assets': (4044184, {4044100: datetime(2026, 11, 21, 9, 30), 4044102: datetime(2026, "
            "11, "
            "21, 9, 31), 4044101: datetime(2026, 11, 21, 9, 30)}), 'fresh': (None, {}), 'zero': (0, {})}, "
            "'/srv/m\\u00fcsli': {'shots': (2**40, {})}}",
            protocol));
        INFO("protocol " << protocol);
        CHECK(state.form == "pickle of protocol " + (protocol < 2 ? "0 or 1" : std::to_string(protocol)));
        CHECK_FALSE(state.for_all);
        REQUIRE(state.directories.size() == 2);
        const auto& plugins = state.directories.at("/srv/plugins");
        REQUIRE(plugins.size() == 3);
        CHECK(plugins.at("assets").last == 4044184);
        CHECK(plugins.at("assets").missing.ranges() == NumberRanges::Map{{4044100, 4044102}});
        CHECK(plugins.at("assets").newest_expiry == "2026-11-21 09:31:00");
        CHECK(plugins.at("fresh") == EventPosition{});
        CHECK(plugins.at("zero") == EventPosition{});  // the daemon takes 0 for nothing
        CHECK(state.directories.at("/srv/müsli").at("shots").last == std::uint64_t{1} << 40);
    }
}

TEST_CASE("what is missing at or above the last event is not below it", "[adopt][state]") {
    // A late event set the daemon's last one back.
    const EventState state = read_event_state(python_pickle(
        "{'/p': {'a': (103, {101: datetime(2026, 1, 1), 103: datetime(2026, 1, 1), 110: datetime(2026, 1, "
        "1)})}}",
        5));
    CHECK(state.directories.at("/p").at("a").missing.ranges() == NumberRanges::Map{{101, 101}});
}

TEST_CASE("the old form is one number for every plugin", "[adopt][state]") {
    for (const char* text : {"4044184", "4044184\n", " 4044184 \r\n"}) {
        const EventState state = read_event_state(text);
        CHECK(state.for_all == 4044184);
        CHECK(state.directories.empty());
    }
    CHECK(read_event_state(python_pickle("4044184", 2)).for_all == 4044184);
    CHECK_FALSE(read_event_state("0").for_all);
}

TEST_CASE("an empty state is told as what it is", "[adopt][state]") {
    CHECK_THAT(refusal(""), Contains("empty"));
    CHECK_THAT(refusal(" \n"), Contains("empty"));
}

TEST_CASE("a pickle of another shape is refused", "[adopt][state]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"'text'", "the whole is no dictionary"},
        {"{'/p': 5}", "a directory's part is no dictionary"},
        {"{5: {}}", "has no name"},
        {"{'/p': {'a': 5}}", "a plugin's part is no pair"},
        {"{'/p': {'a': (5,)}}", "a plugin's part is no pair"},
        {"{'/p': {'a': ('5', {})}}", "id is no number"},
        {"{'/p': {'a': (-5, {})}}", "id is no number"},
        {"{'/p': {'a': (5, {'x': datetime(2026, 1, 1)})}}", "id is no number"},
        {"{'/p': {'a': (5, {4: 5})}}", "no expiry"},
        {"{'/p': {'a': (5, (4, 5))}}", "no dictionary"},
    };
    std::vector<std::string> values;
    for (const auto& [value, why] : cases)
        values.push_back(value);
    const auto pickles = python_pickles(values, 5);
    REQUIRE(pickles.size() == cases.size());
    for (std::size_t at = 0; at < cases.size(); ++at) {
        INFO(values[at]);
        CHECK_THAT(refusal(pickles[at]), Contains(cases[at].second));
    }
    CHECK_THAT(refusal("12 34"), Contains("byte"));
    CHECK_THAT(refusal("-5"), Contains("byte"));
}

TEST_CASE("names that are no UTF-8 do not spoil the rest", "[adopt][state]") {
    const EventState state = read_event_state("(dS'/p\\xff'\n(dS'a'\n(I7\n(dtss.");
    REQUIRE(state.directories.size() == 1);
    CHECK(state.directories.begin()->first == "/p\xef\xbf\xbd");
    CHECK(state.directories.begin()->second.at("a").last == 7);
}

}  // namespace
}  // namespace foley::core::testing
