// The plugin as it ships, writing to files of a folder of its own.
#include "unit/rules/temporary_folder.hpp"

#include <foley/json.hpp>
#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

using namespace foley;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

testing::SavedEvent status_event(std::uint64_t sequence, const std::string& status = "ip",
                                 const std::string& project = "Demo") {
    auto event = testing::shotgrid_event(
        R"({"id":)" + std::to_string(sequence) +
        R"(,"event_type":"Shotgun_Task_Change","attribute_name":"sg_status_list","created_at":"2026-03-31T15:26:16Z",)"
        R"("user":{"type":"HumanUser","id":24,"name":"Jane"},"project":{"type":"Project","id":70,"name":)" +
        json::quote(project) +
        R"(},"entity":{"type":"Task","id":5560,"name":"Anim"},"meta":{"type":"attribute_change","attribute_name":)"
        R"("sg_status_list","entity_type":"Task","entity_id":5560,"old_value":"wtg","new_value":)" +
        json::quote(status) + "}}");
    event.sequence = sequence;
    return event;
}

struct Log {
    Log() { plugin->set("path", file); }
    void start() { REQUIRE(plugin->start().kind() == Kind::done); }
    Outcome deliver(const testing::SavedEvent& event) { return plugin->deliver(event).at(0).outcome; }
    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        std::ifstream in(file);
        for (std::string line; std::getline(in, line);)
            out.push_back(line);
        return out;
    }
    // As after a crash.
    void begin_again() {
        plugin = std::make_unique<testing::Plugin>(std::filesystem::path(LOG_EVENTS_PLUGIN));
        plugin->set("path", file);
    }

    plugin_tests::TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "events.jsonl";
    std::unique_ptr<testing::Plugin> plugin =
        std::make_unique<testing::Plugin>(std::filesystem::path(LOG_EVENTS_PLUGIN));
};

}  // namespace

TEST_CASE("each event becomes a line of JSON", "[log_events]") {
    Log log;
    log.start();
    CHECK(log.deliver(status_event(7)).kind() == Kind::done);
    CHECK(log.deliver(status_event(8, "a \"b\"\nc")).kind() == Kind::done);
    CHECK(log.lines().size() == 2);
    CHECK(log.lines().at(0) ==
          R"({"sequence":7,"source":"test","id":"7","type":"Shotgun_Task_Change","at":"2026-03-31T15:26:16Z",)"
          R"("project":{"id":"70","name":"Demo"},"user":{"type":"HumanUser","id":"24","name":"Jane"},"changes":[)"
          R"({"entity":{"type":"Task","id":"5560","name":"Anim"},"attribute":"sg_status_list","action":"update",)"
          R"("old":"wtg","new":"ip"}]})");
    CHECK(json::text_or_empty(json::parse(log.lines().at(1)), "changes", 0, "new") == "a \"b\"\nc");
}

TEST_CASE("a line of JSON can carry all that the site sent", "[log_events]") {
    Log log;
    log.plugin->set("payload", true);
    log.start();
    CHECK(log.deliver(status_event(7)).kind() == Kind::done);
    CHECK(json::text_or_empty(json::parse(log.lines().at(0)), "payload", "meta", "new_value") == "ip");
}

TEST_CASE("a line of text is what its template says, and stays one line", "[log_events]") {
    Log log;
    log.plugin->set("format", "text").set("text", "{at} {entity_type} {entity} {{{old}}} > {new} {session|none}");
    log.start();
    CHECK(log.deliver(status_event(1, "a\nb\x1b")).kind() == Kind::done);
    CHECK(log.lines() == std::vector<std::string>{R"(2026-03-31T15:26:16Z Task Anim {wtg} > a\nb\u001b none)"});
}

TEST_CASE("only events that match are written", "[log_events]") {
    Log log;
    log.plugin->set("types", std::vector<std::string>{"Shotgun_Task_*"})
        .set("exclude_types", std::vector<std::string>{"Shotgun_Task_New"})
        .set("attributes", std::vector<std::string>{"sg_status_list"})
        .set("exclude_projects", std::vector<std::string>{"Secret"});
    log.start();
    CHECK(log.deliver(status_event(1)).kind() == Kind::done);
    CHECK(log.deliver(status_event(2, "ip", "Secret")).kind() == Kind::ignored);
    for (const char* other : {R"({"event_type":"Shotgun_Task_New"})", R"({"event_type":"Shotgun_Shot_Change"})",
                              R"({"event_type":"Shotgun_Task_Change","attribute_name":"content"})", "{}"})
        CHECK(log.deliver(testing::shotgrid_event(other)).kind() == Kind::ignored);
    CHECK(log.lines().size() == 1);
}

TEST_CASE("an event without anything in it is a line too", "[log_events]") {
    Log log;
    log.start();
    CHECK(log.deliver(testing::shotgrid_event("{}")).kind() == Kind::done);
    CHECK(log.lines().size() == 1);
}

TEST_CASE("a full file is put aside, and only so many are kept", "[log_events]") {
    Log log;
    log.plugin->set("max_size", ByteSize{1024}).set("keep", 2);
    log.start();
    for (std::uint64_t event = 1; event <= 20; ++event)
        CHECK(log.deliver(status_event(event)).kind() == Kind::done);
    const auto old = [&](const char* number) { return std::filesystem::path(log.file.string() + number); };
    CHECK(std::filesystem::exists(old(".1")));
    CHECK(std::filesystem::exists(old(".2")));
    CHECK_FALSE(std::filesystem::exists(old(".3")));
    CHECK(std::filesystem::file_size(old(".1")) <= 1024);
    CHECK_THAT(log.lines().back(), Contains("\"sequence\":20"));
}

TEST_CASE("a file that someone moves away is made anew", "[log_events]") {
    Log log;
    log.start();
    CHECK(log.deliver(status_event(1)).kind() == Kind::done);
    std::filesystem::rename(log.file, log.folder.path() / "moved");
    CHECK(log.deliver(status_event(2)).kind() == Kind::done);
    CHECK(log.lines().size() == 1);
}

TEST_CASE("after a crash half a line is gone, and a whole one is not written twice", "[log_events]") {
    Log log;
    log.start();
    CHECK(log.deliver(status_event(1)).kind() == Kind::done);
    CHECK(log.deliver(status_event(2)).kind() == Kind::done);
    SECTION("half a line") {
        const auto whole = text_of(log.file);
        std::filesystem::resize_file(log.file, whole.size() - 20);
        log.begin_again();
        log.start();
        CHECK(log.deliver(status_event(2)).kind() == Kind::done);
        CHECK(text_of(log.file) == whole);
    }
    SECTION("a whole line") {
        log.begin_again();
        log.start();
        CHECK(log.deliver(status_event(2)).kind() == Kind::ignored);
        CHECK(log.deliver(status_event(3)).kind() == Kind::done);
        CHECK(log.lines().size() == 3);
    }
}

TEST_CASE("a file that cannot be written holds the events, and goes on", "[log_events]") {
    Log log;
    const auto below = log.folder.path() / "not" / "there";
    log.plugin->set("path", below / "events.jsonl");
    log.start();
    const auto outcome = log.deliver(status_event(1));
    CHECK(outcome.kind() == Kind::hold);
    CHECK_THAT(outcome.why(), Contains("No such file") && Contains(below.string()));
    std::filesystem::create_directories(below);
    CHECK(log.deliver(status_event(1)).kind() == Kind::done);
}

TEST_CASE("events can go to the plugin's log, and do so in a dry run", "[log_events]") {
    Log log;
    if (GENERATE(true, false)) {
        log.plugin->set("to", "log");
    } else {
        log.plugin->dry_run();
    }
    log.start();
    CHECK(log.deliver(status_event(1)).kind() == Kind::done);
    CHECK(log.plugin->logged(R"("new":"ip")"));
    CHECK_FALSE(std::filesystem::exists(log.file));
}

TEST_CASE("settings that make no sense end the start", "[log_events]") {
    Log log;
    SECTION("an unknown value") {
        log.plugin->set("format", "text").set("text", "{nope}");
        CHECK_THAT(log.plugin->start().why(), Contains("there is no nope; known are sequence"));
    }
    SECTION("no file") {
        log.plugin->set("path", std::filesystem::path("events"));
        CHECK_THAT(log.plugin->start().why(), Contains("path: name the file"));
    }
}
