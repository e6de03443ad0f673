#include "core/source/make_event.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;

namespace {

MadeEvent made(std::string payload, Shape shape = Shape::plain) {
    return make_event("source", shape, std::move(payload), Timestamp(std::chrono::microseconds(5)));
}

}  // namespace

TEST_CASE("a payload stays as the site sent it", "[source][make_event]") {
    const std::string payload = R"( { "id":"e1" , "type":"x", "n":1.50 } )";
    const auto event = made(payload).event;
    REQUIRE(event);
    CHECK(event->payload == payload);
    CHECK(event->id == "e1");
    CHECK(event->type == "x");
    CHECK(event->source == "source");
    CHECK(event->received_at == Timestamp(std::chrono::microseconds(5)));
}

TEST_CASE("what is no event is refused with a sentence", "[source][make_event]") {
    CHECK(made("").refusal.find("not JSON") == 0);
    CHECK(made("{").refusal.find("not JSON") == 0);
    CHECK(made("[]").refusal == "not a JSON object");
    CHECK(made("5").refusal == "not a JSON object");
    CHECK(made("{\"a\":\"" + std::string(17 << 20, 'x') + "\"}").refusal.find("longer than 16 MiB") == 0);
    CHECK_FALSE(made("{\"a\":" + std::string(300, '[') + std::string(300, ']') + "}").event);
    CHECK_FALSE(made("{\"a\":" + std::string(200'000, '[')).event);
    CHECK(made("{\"a\":" + std::string(200, '[') + std::string(200, ']') + "}").event);
}

TEST_CASE("a gap says from when until when and why, and has an id of its own", "[source][make_event]") {
    const auto from = Timestamp(std::chrono::microseconds(10));
    const auto until = Timestamp(std::chrono::microseconds(20));
    const auto gap = make_gap("source", Shape::ftrack, from, until, "the \"hub\" ended");
    CHECK(gap.kind == EventKind::gap);
    CHECK(gap.type == "foley.gap");
    CHECK(gap.payload == R"({"from":10,"until":20,"reason":"the \"hub\" ended"})");
    CHECK(gap.received_at == until);
    CHECK(gap.id == make_gap("source", Shape::ftrack, from, until, "x").id);
    CHECK(gap.id != make_gap("source", Shape::ftrack, from, until + std::chrono::microseconds(1), "x").id);
}
