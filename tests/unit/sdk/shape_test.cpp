#include "payloads.hpp"

#include <foley/shape.hpp>

#include <catch2/catch.hpp>

using namespace foley;
using namespace std::chrono_literals;

namespace {

// Facts with the document that they point into.
struct Read {
    Read(Shape shape, const std::string& payload)
        : document(json::parse(payload)), facts(read_facts(shape, document)) {}
    const Change& change(std::size_t index) const { return facts.changes.at(index); }
    json::Document document;
    EventFacts facts;
};

Timestamp at(int year, unsigned month, unsigned day, std::chrono::microseconds time) {
    return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + time;
}

}  // namespace

TEST_CASE("an ftrack update has one change per key of each entity", "[sdk][shape]") {
    const Read read(Shape::ftrack, tests::kFtrackUpdate);
    REQUIRE(read.facts.changes.size() == 4);
    CHECK(read.change(0).entity.type == "Task");
    CHECK(read.change(0).entity.id == "t-1");
    CHECK(read.change(0).attribute == "hs_location");
    CHECK(read.change(0).action == "update");
    CHECK(read.change(0).old_value == "yul");
    CHECK(read.change(0).new_value.texts() == std::vector<std::string>{"yul", "lax"});
    CHECK(read.facts.type == "ftrack.update");
    CHECK(read.facts.id == "4b0c2b6d8a7e4d5f9a1b2c3d4e5f6071");
    CHECK(read.facts.user.name == "ann@example.com");
    CHECK(read.facts.user.id == "u-1");
    CHECK(read.facts.session == "tok-2");
    CHECK_FALSE(read.facts.created_at);
}

TEST_CASE("an ftrack key without an entry in changes is a change whose values are not said", "[sdk][shape]") {
    const Read read(Shape::ftrack, tests::kFtrackUpdate);
    CHECK(read.change(1).attribute == "priorityid");
    CHECK(read.change(1).old_value.is_null());
    CHECK(read.change(1).new_value.is_null());
    CHECK(read.change(2).attribute == "statusid");
    CHECK(read.change(2).new_value == "s-2");
}

TEST_CASE("the id of an ftrack asset version is that of its first parent", "[sdk][shape]") {
    const Read read(Shape::ftrack, tests::kFtrackUpdate);
    CHECK(read.change(3).entity.type == "AssetVersion");
    CHECK(read.change(3).entity.id == "v-1");
    const Read without(Shape::ftrack, R"({"data": {"entities": [
        {"entityType": "assetversion", "entityId": "v-2", "keys": ["x"], "parents": []}]}})");
    CHECK(without.change(0).entity.id == "v-2");
    CHECK(without.change(0).entity.type == "AssetVersion");
}

TEST_CASE("an ftrack event belongs to the projects of all its entities", "[sdk][shape]") {
    const Read read(Shape::ftrack, tests::kFtrackUpdate);
    REQUIRE(read.facts.projects.size() == 2);
    CHECK(read.facts.projects[0].id == "p-1");
    CHECK(read.facts.projects[1].id == "p-2");
}

TEST_CASE("an ftrack entity without keys is a change of the entity as a whole", "[sdk][shape]") {
    const Read read(Shape::ftrack, tests::kFtrackRemove);
    REQUIRE(read.facts.changes.size() == 1);
    CHECK(read.change(0).entity.type == "TypedContext");
    CHECK(read.change(0).entity.id == "t-9");
    CHECK(read.change(0).attribute.empty());
    CHECK(read.change(0).action == "remove");
}

TEST_CASE("an ftrack menu action is about the entities that are selected", "[sdk][shape]") {
    const Read read(Shape::ftrack, tests::kFtrackAction);
    REQUIRE(read.facts.changes.size() == 2);
    CHECK(read.change(0).entity.id == "t-1");
    CHECK(read.change(1).entity.type == "AssetVersion");
    const Read nested(Shape::ftrack, R"({"topic": "ftrack.action.discover",
        "data": {"context": {"selection": [{"entityId": "t-2", "entityType": "task"}]}}})");
    CHECK(nested.change(0).entity.id == "t-2");
}

TEST_CASE("an ftrack component that is added to a location is the event's entity", "[sdk][shape]") {
    const Read read(Shape::ftrack, R"({"topic": "ftrack.location.component-added",
        "data": {"component_id": "c-1", "location_id": "l-1"}})");
    REQUIRE(read.facts.changes.size() == 1);
    CHECK(read.change(0).entity.type == "Component");
    CHECK(read.change(0).entity.id == "c-1");
}

TEST_CASE("a ShotGrid status change says entity, old and new value, project, user, session and time", "[sdk][shape]") {
    const Read read(Shape::shotgrid, tests::kShotgridChange);
    REQUIRE(read.facts.changes.size() == 1);
    CHECK(read.facts.id == "4044184");
    CHECK(read.change(0).entity.type == "Task");
    CHECK(read.change(0).entity.id == "5560");
    CHECK(read.change(0).entity.name == "Anim");
    CHECK(read.change(0).attribute == "sg_status_list");
    CHECK(read.change(0).action == "update");
    CHECK(read.change(0).old_value == "wtg");
    CHECK(read.change(0).new_value == "ip");
    CHECK(read.facts.projects.at(0).id == "70");
    CHECK(read.facts.projects.at(0).name == "Demo");
    CHECK(read.facts.user.type == "HumanUser");
    CHECK(read.facts.user.id == "24");
    CHECK(read.facts.user.name == "Jane Doe");
    CHECK(read.facts.session == "7c1d4d6a-1f1e-11ee-b3a1-0242ac110004");
    CHECK(read.facts.created_at == at(2026, 3, 31, 15h + 26min + 16s));
}

TEST_CASE("a retired ShotGrid entity is known from meta, where the link is null", "[sdk][shape]") {
    const Read read(Shape::shotgrid, tests::kShotgridRetirement);
    CHECK(read.change(0).entity.type == "Task");
    CHECK(read.change(0).entity.id == "5560");
    CHECK(read.change(0).entity.name == "Anim");
    CHECK(read.change(0).action == "remove");
    CHECK(read.change(0).attribute.empty());
    CHECK(read.facts.actual_user.name == "bot 1.0");
}

TEST_CASE("where ShotGrid's meta speaks of the other end of a link, the event's entity counts", "[sdk][shape]") {
    const Read read(Shape::shotgrid, tests::kShotgridBackReference);
    CHECK(read.change(0).entity.type == "Shot");
    CHECK(read.change(0).entity.id == "860");
    CHECK(read.change(0).added.texts() == std::vector<std::string>{"Anim"});
    CHECK(read.change(0).removed.texts().empty());
}

TEST_CASE("a ShotGrid event about a project belongs to that project", "[sdk][shape]") {
    const Read read(Shape::shotgrid, tests::kShotgridMaintenance);
    CHECK(read.facts.projects.at(0).id == "70");
    CHECK(read.facts.user.empty());
    CHECK(read.change(0).attribute == "sg_status");
}

TEST_CASE("ShotGrid's words for what happened become ours", "[sdk][shape]") {
    const auto action = [](const std::string& type) {
        return Read(Shape::shotgrid, R"({"event_type": ")" + type + R"(", "entity": {"type": "Shot", "id": 1}})")
            .change(0)
            .action;
    };
    CHECK(action("Shotgun_Shot_New") == "add");
    CHECK(action("Shotgun_Shot_Revival") == "revive");
    CHECK(action("Shotgun_CustomEntity02_sg_sink_tasks_Connection_New") == "add");
    CHECK(action("Toolkit_App_Startup").empty());
    CHECK(action("odd").empty());
}

TEST_CASE("an AYON event has one change per attribute", "[sdk][shape]") {
    const Read read(Shape::ayon, tests::kAyonChange);
    REQUIRE(read.facts.changes.size() == 2);
    CHECK(read.change(0).entity.type == "task");
    CHECK(read.change(0).entity.id == "t-1");
    CHECK(read.change(0).attribute == "fps");
    CHECK(read.change(0).old_value == "24");
    CHECK(read.change(0).new_value == "25");
    CHECK(read.change(1).attribute == "gone");
    CHECK(read.change(1).new_value.is_null());
    CHECK(read.facts.projects.at(0).name == "demo");
    CHECK(read.facts.user.name == "ann");
    CHECK(read.facts.session == "server-1");
    CHECK(read.facts.created_at == at(2026, 3, 1, 8h + 15min + 30s + 123456us));
}

TEST_CASE("an AYON event that is about no entity has no change", "[sdk][shape]") {
    CHECK(Read(Shape::ayon, R"({"topic": "ftrack.leech", "payload": {}})").facts.changes.empty());
    const Read deleted(Shape::ayon,
                       R"({"topic": "entity.folder.deleted", "payload": {"entityData": {"id": "f-1", "name": "sh"}}})");
    CHECK(deleted.change(0).entity.id == "f-1");
    CHECK(deleted.change(0).action == "remove");
}

TEST_CASE("a plain event may carry several changes, each with what it leaves out from the event", "[sdk][shape]") {
    const Read read(Shape::plain, tests::kPlain);
    REQUIRE(read.facts.changes.size() == 3);
    CHECK(read.facts.id == "7");
    CHECK(read.facts.type == "render.done");
    CHECK(read.change(0).entity.name == "sh010");
    CHECK(read.change(0).new_value == "ip");
    CHECK(read.change(1).old_value.is_null());
    CHECK(read.change(1).new_value.texts() == std::vector<std::string>{"1", "2"});
    CHECK(read.change(2).entity.type == "Task");
    CHECK(read.change(2).entity.id == "3");
    CHECK(read.change(2).action == "remove");
    CHECK(read.facts.projects.at(0).id == "70");
    CHECK(read.facts.user.name == "ann");
}

TEST_CASE("a plain event may name project and user by a text alone", "[sdk][shape]") {
    const Read read(Shape::plain, R"({"project": "demo", "user": "ann"})");
    CHECK(read.facts.projects.at(0).id == "demo");
    CHECK(read.facts.user.name == "ann");
    CHECK(read.facts.changes.empty());
}

TEST_CASE("a payload of any other kind has no facts, whatever its shape", "[sdk][shape]") {
    for (const auto shape : {Shape::plain, Shape::ftrack, Shape::shotgrid, Shape::ayon}) {
        for (const std::string payload :
             {"null", "[]", "\"x\"", "17", "{}", R"({"data": 5, "meta": [], "entity": 7})"}) {
            CAPTURE(static_cast<int>(shape), payload);
            const Read read(shape, payload);
            CHECK(read.facts.changes.empty());
            CHECK(read.facts.projects.empty());
            CHECK(read.facts.user.empty());
        }
    }
}

TEST_CASE("times are read in the forms that the sites use", "[sdk][shape]") {
    const auto expected = at(2022, 2, 1, 20h + 53min + 8s);
    for (const char* text :
         {"2022-02-01T20:53:08Z", "2022-02-01 20:53:08", "2022-02-01 20:53:08 UTC", "2022-02-01T22:53:08+02:00",
          "2022-02-01T15:23:08-0530", "2022-02-01T21:53:08+01", "2022-02-01T20:53:08.000000Z"}) {
        CAPTURE(text);
        CHECK(parse_timestamp(text) == expected);
    }
    CHECK(parse_timestamp("2022-02-01 20:53:08.523887") == expected + 523887us);
    CHECK(parse_timestamp("2022-02-01T20:53:08.5Z") == expected + 500ms);
    CHECK(parse_timestamp("2022-02-01T20:53:08.1234567891Z") == expected + 123456us);
}

TEST_CASE("what is no time is none", "[sdk][shape]") {
    for (const char* text : {"", "today", "2022-02-30T00:00:00Z", "2022-02-01", "2022-02-01T25:00:00Z",
                             "2022-02-01T20:53", "2022-02-01T20:53:08.Z", "2022-02-01T20:53:08+",
                             "2022-02-01T20:53:08Zx", "2022-13-01T20:53:08Z", "99999-01-01T00:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text));
    }
}
