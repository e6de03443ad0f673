// An event that comes again, a request whose answer is lost, a process that was killed: one note each time.
#include "unit/create_entities/notes.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace foley;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;
using plugin_tests::kClientNote;
using plugin_tests::Notes;
using Fault = sim::shotgrid::HttpFault;

namespace {

// The field stays as it is, so that nothing but the look at the site keeps a second note away.
constexpr const char* kKept =
    R"({"kept": {"from": "Version", "field": "description", "create": "Note",
                 "set": {"subject": "On {code}", "content": "{description}", "note_links": ["{.}", "{entity}"]}}})";

testing::SavedEvent described(Notes& notes, const std::string& text) {
    return notes.remark(text, "description");
}

testing::SavedEvent received(testing::SavedEvent event, std::chrono::system_clock::time_point at) {
    event.received_at = std::chrono::floor<std::chrono::microseconds>(at);
    return event;
}

}  // namespace

TEST_CASE("an event that comes again has nothing created again", "[create_entities]") {
    Notes notes(kKept);
    notes.start();
    const auto event = described(notes, "x");
    CHECK(notes.deliver(event).kind() == Kind::done);
    CHECK_THAT(notes.deliver(event).why(), Contains("it was created for this event before"));
    CHECK(notes.count() == 1);
}

TEST_CASE("the same text, entered again later, is another note", "[create_entities]") {
    Notes notes(kKept);
    notes.start();
    CHECK(notes.deliver(described(notes, "ok")).kind() == Kind::done);
    notes.site.advance(5s);
    CHECK(notes.deliver(described(notes, "")).kind() == Kind::ignored);
    CHECK(notes.deliver(described(notes, "ok")).kind() == Kind::done);
    CHECK(notes.count() == 2);
}

TEST_CASE("what the process before this one created is found on the site, whatever the site did to the texts",
          "[create_entities]") {
    // Nothing is in the store: it was killed after the site had answered.
    Notes notes(kKept);
    notes.start();
    const auto event = described(notes, "two  lines,\r\nand a blank ");
    notes.site.create("Note",
                      fmt::format(R"({{"subject":"On sq010_sh010_anim_v001","content":"two  lines,\nand a blank",)"
                                  R"("note_links":[{{"type":"Shot","id":{}}},{{"type":"Version","id":{}}}],)"
                                  R"("project":{{"type":"Project","id":{}}}}})",
                                  notes.demo.shots.at(0).id, notes.version().id, notes.demo.project.id));
    const auto outcome = notes.deliver(event);
    CHECK(outcome.kind() == Kind::ignored);
    CHECK_THAT(outcome.why(), Contains("is there since the event"));
    CHECK(notes.count() == 1);
}

TEST_CASE("a note with other words, or on another version, is not the one that is wanted", "[create_entities]") {
    Notes notes(kKept);
    notes.start();
    const auto event = described(notes, "Fix it");
    const auto other = [&](const char* content, std::int64_t version) {
        notes.site.create("Note",
                          fmt::format(R"({{"subject":"On sq010_sh010_anim_v001","content":"{}",)"
                                      R"("note_links":[{{"type":"Shot","id":{}}},{{"type":"Version","id":{}}}],)"
                                      R"("project":{{"type":"Project","id":{}}}}})",
                                      content, notes.demo.shots.at(0).id, version, notes.demo.project.id));
    };
    other("fix it", notes.version().id);
    other("Fix it", notes.demo.versions.at(1).id);
    CHECK(notes.deliver(event).kind() == Kind::done);
    CHECK(notes.count() == 3);
}

TEST_CASE("a create whose answer is lost is not sent again", "[create_entities]") {
    const auto* rules = GENERATE(kKept, kClientNote);
    const std::string method = rules == kKept ? "create" : "batch";
    Notes notes(rules);
    notes.start();
    const auto event = rules == kKept ? described(notes, "x") : notes.remark("x");
    notes.site.fail({.kind = Fault::Kind::lost_answer, .method = method});
    CHECK(notes.deliver(event).kind() == Kind::hold);
    CHECK(notes.count() == 1);
    CHECK(notes.deliver(event).kind() == Kind::ignored);
    CHECK(notes.count() == 1);
    CHECK(notes.site.calls(method) == 1);
}

TEST_CASE("after a request that was cut nothing is created until its work would show", "[create_entities]") {
    Notes notes(kKept, 1h);
    notes.start();
    const auto event = received(described(notes, "x"), std::chrono::system_clock::now() + 1s);
    notes.site.fail({.kind = Fault::Kind::reset, .method = "create"});
    CHECK(notes.deliver(event).kind() == Kind::hold);
    const auto waits = notes.deliver(event);
    CHECK(waits.kind() == Kind::hold);
    CHECK_THAT(waits.why(), Contains("may still appear"));
    CHECK(waits.delay() > 50min);
    CHECK(notes.site.calls("create") == 1);
}

TEST_CASE("what a site refuses or is too busy for was not done, and is tried again at once", "[create_entities]") {
    Notes notes(kKept, 1h);
    notes.start();
    const auto event = received(described(notes, "x"), std::chrono::system_clock::now() + 1s);
    notes.site.fail({.kind = Fault::Kind::status, .status = 503, .method = "create"});
    CHECK(notes.deliver(event).kind() == Kind::hold);
    CHECK(notes.deliver(event).kind() == Kind::done);
    CHECK(notes.count() == 1);
}

TEST_CASE("for an event of before the start nothing is created until the last process's work would show",
          "[create_entities]") {
    Notes notes(kKept, 1h);
    notes.start();
    const auto event = described(notes, "x");
    const auto before = notes.deliver(received(event, std::chrono::system_clock::now() - 1min));
    CHECK(before.kind() == Kind::hold);
    CHECK_THAT(before.why(), Contains("may still appear"));
    CHECK(notes.deliver(received(event, std::chrono::system_clock::now() + 1s)).kind() == Kind::done);
    CHECK(notes.count() == 1);
}

TEST_CASE("of several events that come late, one note says what is so now", "[create_entities]") {
    Notes notes(kKept);
    notes.start();
    const auto first = described(notes, "first");
    const auto second = described(notes, "second");
    CHECK(notes.deliver(first).kind() == Kind::done);
    CHECK(notes.deliver(second).kind() == Kind::ignored);
    const auto all = notes.all_notes();
    REQUIRE(all.Size() == 1);
    CHECK(json::text_or_empty(all[0], "content") == "second");
}

TEST_CASE("events of long ago are forgotten", "[create_entities]") {
    Notes notes(kKept);
    notes.plugin.store("created/shows/1/kept", "1");
    notes.start();
    CHECK(notes.deliver(described(notes, "x")).kind() == Kind::done);
    CHECK(notes.plugin.state().size() == 2);
    CHECK(notes.plugin.tick("forget").kind() == Kind::done);
    CHECK(notes.plugin.state().size() == 1);
}
