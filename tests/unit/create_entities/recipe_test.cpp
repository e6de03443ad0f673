#include "create_entities/recipe.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <string>

using create_entities::Recipe;
using create_entities::Source;
namespace json = foley::json;

namespace {

constexpr const char* kVersion = R"({"type":"Version","id":6,"code":"v1","frame_count":12,"is_final":true,"user":null,
    "entity":{"type":"Shot","id":5,"name":"sh1"},"entity.Shot.code":"sh1",
    "playlists":[{"type":"Playlist","id":1,"name":"a"},{"type":"Playlist","id":2,"name":"b"}]})";
constexpr const char* kEvent = R"({"id":1,"event_type":"Shotgun_Version_Change","attribute_name":"code",
    "user":{"type":"HumanUser","id":24,"name":"Jane"},"meta":{"type":"attribute_change","attribute_name":"code",
    "entity_type":"Version","entity_id":6,"old_value":"v0","new_value":"v1"}})";

// The JSON that a field of the kind gets; empty: nothing.
std::string made(const std::string& recipe, std::string_view kind) {
    std::string out;
    foley::testing::Plugin plugin([&](foley::Registrar& registrar) {
        registrar.on({.type = "*"}, [&](const foley::Event& event, foley::Context&) {
            const auto entity = json::parse(kVersion);
            const auto value = Recipe(json::parse(recipe)).value(kind, Source{entity, event});
            if (value) out = value->json();
            return foley::done();
        });
    });
    CHECK(plugin.start().kind() == foley::Outcome::Kind::done);
    plugin.deliver(foley::testing::shotgrid_event(kEvent));
    return out;
}

}  // namespace

TEST_CASE("a text takes fields as texts", "[create_entities][recipe]") {
    CHECK(made(R"("{code} of {entity}, {playlists}")", "text") == R"("v1 of sh1, a, b")");
    CHECK(made(R"("{entity}")", "text") == R"("sh1")");
    CHECK(made(R"("{user|nobody} by {event.user}: {event.old} {event.new}")", "text") == R"("nobody by Jane: v0 v1")");
    CHECK(made(R"("{entity.Shot.code} {{x}}")", "text") == R"("sh1 {x}")");
    CHECK(made(R"("{user}")", "text").empty());
}

TEST_CASE("a link takes what a field leads to, the first that is there", "[create_entities][recipe]") {
    CHECK(made(R"("{entity}")", "entity") == R"({"type":"Shot","id":5})");
    CHECK(made(R"(["{user}", "{event.user}", "{entity}"])", "entity") == R"({"type":"HumanUser","id":24})");
    CHECK(made(R"("{playlists}")", "entity") == R"({"type":"Playlist","id":1})");
    CHECK(made(R"({"type":"Group","id":5})", "entity") == R"({"type":"Group","id":5})");
    CHECK(made(R"("{user}")", "entity").empty());
}

TEST_CASE("a list of links takes all, each once", "[create_entities][recipe]") {
    CHECK(made(R"(["{.}", "{entity}", "{user}", "{.}"])", "multi_entity") ==
          R"([{"type":"Version","id":6},{"type":"Shot","id":5}])");
    CHECK(made(R"(["{playlists}", {"type":"Playlist","id":2}])", "multi_entity") ==
          R"([{"type":"Playlist","id":1},{"type":"Playlist","id":2}])");
    CHECK(made("[]", "multi_entity").empty());
}

TEST_CASE("a number and a checkbox take values", "[create_entities][recipe]") {
    CHECK(made(R"("{frame_count}")", "number") == "12");
    CHECK(made("7", "number") == "7");
    CHECK(made(R"("{is_final}")", "checkbox") == "true");
    CHECK(made("true", "checkbox") == "true");
    CHECK(made("null", "number").empty());
}

TEST_CASE("a recipe that no field could take is refused", "[create_entities][recipe]") {
    const auto refused = [](const char* text) { return Recipe(json::parse(text)); };
    CHECK_THROWS_AS(refused(R"("{a b}")"), std::invalid_argument);
    CHECK_THROWS_AS(refused(R"("{open")"), std::invalid_argument);
    CHECK_THROWS_AS(refused(R"([["{code}"]])"), std::invalid_argument);
    CHECK_THROWS_AS(refused(R"({"id":5})"), std::invalid_argument);
    CHECK_FALSE(Recipe(json::parse(R"({"type":"Group","id":5})")).fault_for("text").empty());
    CHECK_FALSE(Recipe(json::parse(R"("to {user}")")).fault_for("entity").empty());
    CHECK(Recipe(json::parse(R"("")")).fault_for("entity").empty());
}
