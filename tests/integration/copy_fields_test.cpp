// copy_fields between the real daemon and a simulated ShotGrid site.
#include "integration/harness/production.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace foley::testing;
namespace shotgrid = foley::sim::shotgrid;

TEST_CASE("totals and copies follow the site, and the plugin's own writes end there",
          "[integration][shotgrid][copy_fields]") {
    Production production("copy_fields",
                          "hold: 1s, rules: {days: {on: Task, sum: duration, to: "
                          "entity.Shot.sg_cut_duration}, back: {on: Task, from: "
                          "entity.Shot.sg_cut_duration, to: sg_description}}");
    auto& site = production.show.site;
    const auto& demo = production.demo;
    site.change("Task", demo.tasks[0].id, R"({"duration":60})", demo.jane);
    site.change("Task", demo.tasks[1].id, R"({"duration":30})", demo.jane);
    production.show.daemon.await("the sum", [&] { return production.value(demo.shots[0], "sg_cut_duration") == "90"; });
    // The sum is a write of the plugin's, and so is what follows from it.
    production.log_scripts();
    site.change("Task", demo.tasks[1].id, R"({"duration":40})", demo.jane);
    production.show.daemon.await("the copy of the sum",
                                 [&] { return production.value(demo.tasks[0], "sg_description") == "\"100\""; });
    production.show.daemon.await_caught_up("copy_fields");
    const auto writes = site.calls("update");
    // While the site is away nothing is lost.
    site.be_away(std::chrono::seconds(1));
    site.change("Task", demo.tasks[1].id, R"({"duration":41})", demo.jane);
    production.show.daemon.await("the new copy",
                                 [&] { return production.value(demo.tasks[1], "sg_description") == "\"101\""; });
    production.show.daemon.await_caught_up("copy_fields");
    CHECK(site.calls("update") - writes <= 6);
    CHECK(production.show.daemon.plugin("copy_fields").dead_letters == 0);
}

TEST_CASE("calculated fields follow those that they are calculated from", "[integration][shotgrid][copy_fields]") {
    Production production(
        "copy_fields",
        "hold: 1s, tables: {fps: {sq010: 24, sq020: 25}}, rules: {"
        "length: {on: Shot, calculate: sg_cut_out - sg_cut_in + 1, to: sg_cut_duration, if_empty: clear}, "
        "after: {on: Shot, changed: sg_cut_out, calculate: sg_cut_duration * 2, to: description}, "
        "seconds: {on: Shot, calculate: \"round(sg_cut_duration / fps(sg_sequence.Sequence.code), 2)\", "
        "to: sg_rate}}");
    production.log_scripts();
    auto& site = production.show.site;
    auto& daemon = production.show.daemon;
    const auto& shot = production.demo.shots[0];
    const auto await_value = [&](const std::string& field, const std::string& value) {
        daemon.await(field + " to be " + value, [&] { return production.value(shot, field) == value; });
    };
    site.change("Shot", shot.id, R"({"sg_cut_out":1060})", production.demo.jane);
    await_value("sg_cut_duration", "60");
    // In the order of the configuration, whatever the names.
    await_value("description", "\"120\"");
    // By the event of the plugin's own write.
    await_value("sg_rate", "2.5");
    site.change("Sequence", production.demo.sequences[0].id, R"({"code":"sq020"})", production.demo.jane);
    await_value("sg_rate", "2.4");
    // No such sequence in the table: an error in the log, and nothing else.
    site.change("Sequence", production.demo.sequences[0].id, R"({"code":"sq030"})", production.demo.jane);
    site.be_away(std::chrono::seconds(1));
    site.change("Shot", shot.id, R"({"sg_cut_out":null})", production.demo.jane);
    await_value("sg_cut_duration", "null");
    daemon.await_caught_up("copy_fields");
    CHECK(production.value(shot, "sg_rate") == "2.4");
    CHECK(daemon.plugin("copy_fields").dead_letters == 0);
    CHECK(daemon.plugin("copy_fields").state == "running");
}

TEST_CASE("links are set to what is found, whoever makes it", "[integration][shotgrid][copy_fields]") {
    Production production("copy_fields",
                          "hold: 1s, rules: {"
                          "sequence: {on: Shot, find: Sequence, pattern: {code: \"^([a-z]{2}[0-9]{3})_\"}, "
                          "where: {code: \"{code:1}\"}, to: sg_sequence}, "
                          "task: {on: Version, find: Task, where: {entity: \"{entity}\", task_assignees: \"{user}\", "
                          "content: Comp}, to: sg_task, only_empty: false}, "
                          "people: {on: Task, from: project, to: task_assignees.HumanUser.projects, add: true}}");
    production.log_scripts();
    auto& site = production.show.site;
    auto& daemon = production.show.daemon;
    const auto& demo = production.demo;
    const auto await_link = [&](const shotgrid::Link& entity, const std::string& field, const shotgrid::Link& to) {
        daemon.await(field + " to lead to " + to.type, [&] {
            return production.value(entity, field).find("\"id\":" + std::to_string(to.id) + ",") != std::string::npos;
        });
    };
    const shotgrid::Link shot{"Shot", production.make_shot("sq020_sh900", R"(,"description":"new")")};
    await_link(shot, "sg_sequence", demo.sequences[1]);
    const auto jane = R"({"type":"HumanUser","id":)" + std::to_string(demo.jane.id) + "}";
    site.change("Version", demo.versions[0].id, R"({"user":)" + jane + "}", demo.jane);
    site.change("Task", demo.tasks[1].id, R"({"task_assignees":[)" + jane + "]}", demo.jane);
    await_link(demo.versions[0], "sg_task", demo.tasks[1]);
    await_link(demo.jane, "projects", demo.project);
    daemon.await_caught_up("copy_fields");
    CHECK(daemon.plugin("copy_fields").dead_letters == 0);
    CHECK(site.calls("update") == 3);
}
