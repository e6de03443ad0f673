#include "payloads.hpp"

#include <foley/plugin.hpp>

#include <catch2/catch.hpp>

#include <cstring>

using namespace foley;

namespace {

foley_text text(const std::string& from) {
    return {from.data(), from.size()};
}

foley_event make_event(const std::string& payload, Shape shape = Shape::ftrack) {
    foley_event event{};
    event.size = sizeof(event);
    event.sequence = 7;
    event.shape = static_cast<std::int32_t>(shape);
    event.payload = text(payload);
    event.received_at = 1'000'000;
    event.attempt = 1;
    return event;
}

}  // namespace

TEST_CASE("an event gives what the host says of it without a look at the payload", "[sdk][event]") {
    const std::string payload = "this is no JSON";
    const std::string source = "studio";
    const std::string type = "ftrack.update";
    const std::string id = "e-1";
    foley_event raw = make_event(payload);
    raw.source = text(source);
    raw.type = text(type);
    raw.id = text(id);
    raw.deadline = 5'000'000;
    raw.attempt = 3;
    const Event event(raw);
    CHECK(event.sequence() == 7);
    CHECK(event.source() == "studio");
    CHECK(event.type() == "ftrack.update");
    CHECK(event.id() == "e-1");
    CHECK(event.site().empty());
    CHECK(event.attempt() == 3);
    CHECK(event.received_at() == Timestamp{std::chrono::seconds{1}});
    CHECK(event.deadline() == Timestamp{std::chrono::seconds{5}});
    CHECK(event.payload() == payload);
}

TEST_CASE("an event gives its first change, entity and project, and all of them", "[sdk][event]") {
    const foley_event raw = make_event(tests::kFtrackUpdate);
    const Event event(raw);
    CHECK(event.changes().size() == 4);
    CHECK(event.entity().id == "t-1");
    CHECK(event.change().attribute == "hs_location");
    CHECK(event.project().id == "p-1");
    CHECK(event.projects().size() == 2);
    CHECK(event.user().name == "ann@example.com");
    CHECK(event.session() == "tok-2");
    CHECK(event.created_at() == event.received_at());
    CHECK_FALSE(event.deadline());
}

TEST_CASE("an event that names nothing has empty first things, not none", "[sdk][event]") {
    const std::string payload = "{}";
    const foley_event raw = make_event(payload);
    const Event event(raw);
    CHECK(event.changes().empty());
    CHECK(event.entity().empty());
    CHECK(event.change().new_value.is_null());
    CHECK(event.project().empty());
    CHECK(event.user().empty());
    CHECK(event.actual_user().empty());
}

TEST_CASE("the payload is parsed once", "[sdk][event]") {
    const foley_event raw = make_event(tests::kShotgridChange, Shape::shotgrid);
    const Event event(raw);
    CHECK(&event.json() == &event.json());
    CHECK(event.changes().data() == event.changes().data());
    CHECK(event.json()["meta"]["new_value"] == "ip");
    CHECK(event.created_at() != event.received_at());
}

TEST_CASE("a payload that is no JSON is an error that names the event", "[sdk][event]") {
    const std::string payload = "{\n oops";
    const std::string id = "e-1";
    foley_event raw = make_event(payload);
    raw.id = text(id);
    const Event event(raw);
    CHECK_THROWS_WITH(event.json(), Catch::Contains("the payload of event e-1 is not valid JSON, line 2, column 2"));
    CHECK_THROWS_AS(event.changes(), json::ParseError);
}

TEST_CASE("an event of an older host is read only as far as its size says", "[sdk][event]") {
    foley_event raw = make_event(tests::kFtrackUpdate);
    raw.deadline = 99;
    raw.attempt = 99;
    raw.size = offsetof(foley_event, deadline);
    const Event event(raw);
    CHECK_FALSE(event.deadline());
    CHECK(event.attempt() == 0);
    CHECK(event.sequence() == 7);
}

TEST_CASE("an event of a newer host may be larger and of an unknown shape", "[sdk][event]") {
    struct Newer {
        foley_event event;
        std::uint64_t more[4];
    } newer{};
    newer.event = make_event(tests::kPlain);
    newer.event.size = sizeof(newer);
    newer.event.shape = 77;
    const Event event(newer.event);
    CHECK(event.sequence() == 7);
    CHECK(event.changes().size() == 3);  // read as plain
}

TEST_CASE("a gap says from when until when and why", "[sdk][event]") {
    const std::string payload = R"({"from": 1000000, "until": 2000000, "reason": "the hub was away"})";
    const Gap gap(make_event(payload));
    CHECK(gap.from() == Timestamp{std::chrono::seconds{1}});
    CHECK(gap.until() == Timestamp{std::chrono::seconds{2}});
    CHECK(gap.reason() == "the hub was away");
    CHECK(gap.sequence() == 7);
    const std::string open = R"({"from": null, "reason": "new"})";
    CHECK_FALSE(Gap(make_event(open)).from());
    CHECK_FALSE(Gap(make_event(open)).until());
}
