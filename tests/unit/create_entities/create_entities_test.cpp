// The plugin as it ships, against a simulated site: what people do there reaches it as the site's own events.
#include "unit/create_entities/notes.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace foley;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;
using plugin_tests::kClientNote;
using plugin_tests::Notes;
using Fault = sim::shotgrid::HttpFault;

namespace {

std::vector<std::int64_t> ids(const json::Value& links) {
    std::vector<std::int64_t> out;
    for (const auto& link : links.GetArray())
        out.push_back(json::integer(json::member(link, "id")).value_or(0));
    return out;
}

std::string why_refused(const std::string& rules) {
    Notes notes(rules);
    const auto outcome = notes.plugin.start();
    CHECK(outcome.kind() == Kind::failed);
    return outcome.why();
}

}  // namespace

TEST_CASE("what is entered in a version becomes a note with links, and the field is empty again", "[create_entities]") {
    Notes notes;
    notes.start();
    CHECK(notes.deliver(notes.remark("Too dark, \"left\" {edge}")).kind() == Kind::done);
    const auto all = notes.all_notes();
    REQUIRE(all.Size() == 1);
    const auto& note = all[0];
    CHECK(json::text_or_empty(note, "subject") == "Jane Doe's note on sq010_sh010_anim_v001");
    CHECK(json::text_or_empty(note, "content") == "Too dark, \"left\" {edge}");
    CHECK(json::text_or_empty(note, "sg_note_type") == "Client");
    CHECK(ids(json::member(note, "note_links")) == std::vector{notes.version().id, notes.demo.shots.at(0).id});
    CHECK(ids(json::member(note, "tasks")) == std::vector{notes.demo.tasks.at(0).id});
    CHECK(json::integer(json::find(note, "project", "id")) == notes.demo.project.id);
    // The version has no artist, so it is whoever entered it; the task's assignee is the one to read it.
    CHECK(json::integer(json::find(note, "user", "id")) == notes.demo.jane.id);
    CHECK(ids(json::member(note, "addressings_to")) == std::vector{notes.demo.ann.id});
    CHECK(notes.text(notes.version(), "sg_client_note").empty());
    CHECK(notes.plugin.logged("for Version"));
}

TEST_CASE("a field that is emptied, or of another entity, has nothing created", "[create_entities]") {
    Notes notes;
    notes.start();
    const auto event = notes.remark("x");
    notes.remark("");
    CHECK_THAT(notes.deliver(event).why(), Contains("sg_client_note is not what it waits for"));
    CHECK(notes.become(notes.version(), "apr").kind() == Kind::ignored);
    CHECK(notes.become(notes.demo.tasks.at(0), "ip").kind() == Kind::ignored);
    CHECK(notes.count() == 0);
}

TEST_CASE("a rule without a field follows the making, and its conditions decide", "[create_entities]") {
    Notes notes(R"({"task": {"from": "Asset", "when": {"sg_asset_type": "Prop"}, "create": "Task",
                             "set": {"content": "Model", "entity": "{.}", "sg_status_list": "rdy"}}})");
    notes.start();
    const auto make = [&](const char* type) {
        const auto id = notes.site.create("Asset", fmt::format(R"({{"code":"a","sg_asset_type":"{}",)"
                                                               R"("project":{{"type":"Project","id":{}}}}})",
                                                               type, notes.demo.project.id));
        auto event = testing::shotgrid_event(fmt::format(
            R"({{"id":{},"event_type":"Shotgun_Asset_New","meta":{{"type":"new_entity","entity_type":"Asset",)"
            R"("entity_id":{}}}}})",
            9000 + id, id));
        event.site = "sim";
        return std::pair(notes.deliver(event).kind(), id);
    };
    CHECK(make("Character").first == Kind::ignored);
    const auto [kind, id] = make("Prop");
    CHECK(kind == Kind::done);
    const auto made =
        notes.client.find({.type = "Task",
                           .filter = site::shotgrid::field("entity").is(site::shotgrid::Link{"Asset", id}),
                           .fields = {"content", "sg_status_list"}});
    REQUIRE(made.Size() == 1);
    CHECK(json::text_or_empty(made[0], "content") == "Model");
    CHECK(json::text_or_empty(made[0], "sg_status_list") == "rdy");
}

TEST_CASE("where one is already that unless describes, nothing is created", "[create_entities]") {
    Notes notes(R"({"final": {"from": "Version", "field": "sg_status_list", "values": "apr", "create": "Note",
                              "set": {"subject": "{code} is approved", "note_links": ["{.}"]},
                              "unless": {"note_links": "{.}", "sg_status_list": "opn"}}})");
    notes.start();
    const auto made = notes.site.create(
        "Note", fmt::format(R"({{"subject":"an old one","sg_status_list":"opn","note_links":[{{"type":"Version",)"
                            R"("id":{}}}],"project":{{"type":"Project","id":{}}}}})",
                            notes.version().id, notes.demo.project.id));
    const auto outcome = notes.become(notes.version(), "apr");
    CHECK(outcome.kind() == Kind::ignored);
    CHECK_THAT(outcome.why(), Contains("rule final: Note " + std::to_string(made) + " is there already"));
    notes.set_status({"Note", made}, "clsd");
    notes.set_status(notes.version(), "rev");
    CHECK(notes.become(notes.version(), "apr").kind() == Kind::done);
    CHECK(notes.count() == 2);
}

TEST_CASE("one rule that the site refuses does not keep the next from its work", "[create_entities]") {
    Notes notes(R"({"a": {"from": "Version", "field": "sg_client_note", "create": "Note",
                          "set": {"content": "a: {sg_client_note}"}},
                    "b": {"from": "Version", "field": "sg_client_note", "create": "Note",
                          "set": {"content": "b: {sg_client_note}"}}})");
    notes.start();
    notes.site.fail(
        {.kind = Fault::Kind::fault, .code = 104, .text = "no permission to create Note", .method = "create"});
    const auto event = notes.remark("x");
    const auto outcome = notes.deliver(event);
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Contains("rule a: ") && Contains("no permission to create Note"));
    CHECK(notes.count() == 1);
    CHECK(notes.deliver(event).kind() == Kind::done);
    CHECK(notes.count() == 2);
}

TEST_CASE("a dry run of create_entities says what it would create, and leaves the site alone", "[create_entities]") {
    Notes notes;
    notes.plugin.dry_run();
    notes.start();
    CHECK(notes.deliver(notes.remark("x")).kind() == Kind::done);
    CHECK(notes.count() == 0);
    CHECK(notes.text(notes.version(), "sg_client_note") == "x");
    CHECK(notes.plugin.logged("dry run: Note for Version"));
    CHECK(notes.plugin.state().empty());
}

TEST_CASE("create_entities keeps to the projects that are named", "[create_entities]") {
    Notes notes;
    const auto named = GENERATE(true, false);
    notes.plugin.set(named ? "projects" : "exclude_projects",
                     std::vector<std::string>{named ? "Another" : notes.project_name()});
    notes.start();
    CHECK_THAT(notes.deliver(notes.remark("x")).why(), Contains("not one of the projects"));
    CHECK(notes.count() == 0);
}

TEST_CASE("rules of create_entities that make no sense end the start with all their faults", "[create_entities]") {
    CHECK_THAT(why_refused("{}"), Contains("there is none"));
    CHECK_THAT(why_refused(R"({"x": {"from": "Version", "create": "Note"}})"), Contains("rule x: set is missing"));
    CHECK_THAT(why_refused(R"({"x": {"from": "Version", "values": "a", "create": "Note", "set": {"content": "a"}}})"),
               Contains("values: they go with field only"));
    CHECK_THAT(why_refused(R"({"x": {"from": "Version", "create": "Note", "set": {"content": "{code"}}})"),
               Contains("rule x: set: content: \"{code\": a \"{\" is not closed"));
    const auto all = why_refused(
        R"({"x": {"from": "Version", "field": "sg_client_note", "create": "Note",
                  "set": {"note_links": "{code} and {.}", "content": ["{code}"], "sg_note_type": "Nobody"}},
            "y": {"from": "Version", "field": "sg_nope", "create": "Note", "set": {"sg_status_list": "opn"}},
            "z": {"from": "Project", "create": "Note", "set": {"content": "x"}}})");
    CHECK_THAT(all, Contains("rule x: set: note_links: a link is written {field}"));
    CHECK_THAT(all, Contains("rule x: set: content: a list is for links"));
    CHECK_THAT(all,
               Contains("rule x: Nobody is no value of Note.sg_note_type on this site; they are Client, Internal"));
    CHECK_THAT(all, Contains("rule y: sg_nope: Version has no field sg_nope"));
    CHECK_THAT(all, Contains("rule y: set: it names no link and no text"));
    CHECK_THAT(all, Contains("rule z: set: project is missing"));
}

TEST_CASE("rules that would set each other off without end are refused", "[create_entities]") {
    CHECK_THAT(why_refused(R"({"x": {"from": "Note", "create": "Note", "set": {"content": "{content}"}}})"),
               Contains("rule x: it sets itself off without end"));
    CHECK_THAT(why_refused(R"({"a": {"from": "Note", "field": "content", "create": "Version",
                                     "set": {"sg_client_note": "{content}"}},
                               "b": {"from": "Version", "field": "sg_client_note", "create": "Note",
                                     "set": {"content": "{sg_client_note}"}}})"),
               Contains("rule a: it sets itself off without end, by way of a, b."));
    CHECK_THAT(why_refused(R"({"x": {"from": "Version", "field": "sg_client_note", "create": "Note",
                                     "set": {"content": "x"}, "then": {"sg_client_note": "done"}}})"),
               Contains("without end"));
}
