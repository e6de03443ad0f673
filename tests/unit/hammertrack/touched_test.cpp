#include "hammertrack/touched.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace hammertrack;

namespace {

const TouchedOptions kOptions{"hs_location", true, true, "loc-1"};

Touched read(const std::string& entities, const TouchedOptions& options = kOptions) {
    return read_touched("ftrack.update", foley::json::parse(R"({"data": {"entities": [)" + entities + "]}}"), options);
}

std::string entity(const std::string& type, const std::string& legacy, const std::string& action,
                   const std::string& keys) {
    return R"({"entity_type": ")" + type + R"(", "entityType": ")" + legacy + R"(", "entityId": "x-1", "action": ")" +
           action + R"(", "keys": [)" + keys + "]}";
}

const Entity kTask{EntityKind::task, "x-1"};
const Entity kVersion{EntityKind::version, "x-1"};

}  // namespace

TEST_CASE("a change of the attribute concerns its task or version", "[hammertrack][touched]") {
    CHECK(read(entity("Task", "task", "update", R"("hs_location")")).relabelled == std::set<Entity>{kTask});
    CHECK(read(entity("AssetVersion", "assetversion", "update", R"("hs_location")")).relabelled ==
          std::set<Entity>{kVersion});
    const auto shot = read(entity("Shot", "task", "update", R"("hs_location")"));
    CHECK(shot.relabelled.empty());
    CHECK(shot.foreign == std::set<std::string>{"Shot"});
    CHECK(read(entity("Task", "task", "update", R"("hs_location")"), {"hs_location", false, true, ""}).empty());
    CHECK(
        read(R"({"entityType": "task", "objectTypeId": "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c", "entity_type": "Aufgabe",
                   "entityId": "x-1", "changes": {"hs_location": {"new": "yul"}}})")
            .relabelled == std::set<Entity>{kTask});
}

TEST_CASE("the new value that an event names is kept as hearsay", "[hammertrack][touched]") {
    const auto said = [](const std::string& change) {
        return read(
                   R"({"entity_type": "Task", "entityId": "x-1", "keys": ["hs_location"], "changes": {"hs_location": )" +
                   change + "}}")
            .said;
    };
    CHECK(said(R"({"old": "", "new": "yul, lax"})") == std::map<Entity, Values>{{kTask, {"yul", "lax"}}});
    CHECK(said(R"({"old": "yul", "new": null})") == std::map<Entity, Values>{{kTask, {}}});
    CHECK(said(R"({"old": "yul"})").empty());
    CHECK(said("5").empty());
}

TEST_CASE("appearing, moving, a new name and going concern the place", "[hammertrack][touched]") {
    for (const std::string action : {"add", "move", "remove"}) {
        CAPTURE(action);
        CHECK(read(entity("Task", "task", action, "")).placed == std::set<Entity>{kTask});
        CHECK(read(entity("AssetVersion", "assetversion", action, "")).placed == std::set<Entity>{kVersion});
        CHECK(read(entity("Shot", "task", action, "")).above == std::set<std::string>{"x-1"});
        CHECK(read(entity("Project", "show", action, "")).above == std::set<std::string>{"x-1"});
        CHECK(read(entity("Asset", "asset", action, "")).above == std::set<std::string>{"x-1"});
    }
    for (const std::string key : {"name", "parent_id"}) {
        CAPTURE(key);
        CHECK(read(entity("Task", "task", "update", "\"" + key + "\"")).placed == std::set<Entity>{kTask});
        CHECK(read(entity("Sequence", "task", "update", "\"" + key + "\"")).above == std::set<std::string>{"x-1"});
    }
}

TEST_CASE("what concerns neither labels nor places is nothing", "[hammertrack][touched]") {
    CHECK(read(entity("Task", "task", "update", R"("statusid")")).empty());
    CHECK(read(entity("Note", "note", "add", "")).empty());
    CHECK(read(entity("User", "user", "update", R"("name")")).empty());
}

TEST_CASE("an event with parts missing or of other types is read as far as it goes", "[hammertrack][touched]") {
    CHECK(read("").empty());
    CHECK(
        read(
            R"(null, 7, "x", [], {}, {"entityType": null}, {"entity_type": "Task"}, {"entity_type": "Task", "entityId": 7})")
            .empty());
    CHECK(read(R"({"entity_type": "Task", "entityId": "x-1", "keys": null, "changes": null})").empty());
    CHECK(read(R"({"entity_type": "Task", "entityId": "x-1", "keys": [7, null], "changes": {"hs_location": null}})")
              .relabelled == std::set<Entity>{kTask});
    CHECK(read_touched("ftrack.update", foley::json::parse("[]"), kOptions).empty());
    CHECK(read_touched("ftrack.update", foley::json::parse(R"({"data": {"entities": {}}})"), kOptions).empty());
}

TEST_CASE("a version's own id stands first among its parents", "[hammertrack][touched]") {
    CHECK(read(R"({"entityType": "assetversion", "entityId": "other", "keys": ["hs_location"],
                   "parents": [{"entityId": "v-1", "entityType": "assetversion"}]})")
              .relabelled == std::set<Entity>{{EntityKind::version, "v-1"}});
}

TEST_CASE("components count at the central storage only", "[hammertrack][touched]") {
    const auto component = [](const std::string& location) {
        return read_touched(
            "ftrack.location.component-added",
            foley::json::parse(R"({"data": {"component_id": "c-1", "location_id": ")" + location + "\"}}"), kOptions);
    };
    CHECK(component("loc-1").components == std::set<std::string>{"c-1"});
    CHECK(component("loc-2").empty());
}
