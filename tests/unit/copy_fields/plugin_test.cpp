// The built plugin at the simulated site: copies, stamps, values and totals.
#include "stage.hpp"

using namespace copy_fields_test;
using Catch::Matchers::Contains;

TEST_CASE("a field is copied to another and over a link, once", "[copy_fields][plugin]") {
    Stage stage;
    stage.start(R"("own":{"on":"Task","from":"start_date","to":"due_date"},)"
                R"("up":{"on":"Task","from":"sg_description","to":"entity.Shot.description"})");
    const auto& task = stage.demo.tasks[0];
    CHECK(stage.change(task, "start_date", "\"2026-04-01\"").kind() == Kind::done);
    CHECK(stage.value(task, "due_date") == "\"2026-04-01\"");
    CHECK(stage.change(task, "sg_description", "\"wet\"").kind() == Kind::done);
    CHECK(stage.value(stage.demo.shots[0], "description") == "\"wet\"");
    const auto writes = stage.writes();
    CHECK(stage.deliver(task, "Change", "sg_description").kind() == Kind::ignored);
    CHECK(stage.deliver(task, "Change", "duration").kind() == Kind::ignored);
    CHECK(stage.writes() == writes);
}

TEST_CASE("a field of a linked entity comes to all that link to it", "[copy_fields][plugin]") {
    Stage stage;
    stage.start(R"("down":{"on":"Task","from":"entity.Shot.description","to":"sg_description"})");
    CHECK(stage.change(stage.demo.shots[0], "description", "\"dry\"").kind() == Kind::done);
    CHECK(stage.value(stage.demo.tasks[0], "sg_description") == "\"dry\"");
    CHECK(stage.value(stage.demo.tasks[1], "sg_description") == "\"dry\"");
    CHECK(stage.value(stage.demo.tasks[2], "sg_description") == "null");
    // And when it links there later.
    CHECK(stage
              .change(stage.demo.tasks[2], "entity",
                      R"({"type":"Shot","id":)" + std::to_string(stage.demo.shots[0].id) + "}")
              .kind() == Kind::done);
    CHECK(stage.value(stage.demo.tasks[2], "sg_description") == "\"dry\"");
}

TEST_CASE("links are copied as links", "[copy_fields][plugin]") {
    Stage stage;
    stage.start(R"("shot":{"on":"Version","from":"sg_task.Task.entity","to":"entity"})");
    const auto& version = stage.demo.versions[0];
    stage.site.change("Version", version.id, R"({"entity":null})");
    CHECK(stage.deliver(version, "New").kind() == Kind::done);
    CHECK_THAT(stage.value(version, "entity"), Contains("\"id\":" + std::to_string(stage.demo.shots[0].id)));
}

TEST_CASE("a stamp says when the condition came true, and is not set twice", "[copy_fields][plugin]") {
    Stage stage;
    stage.start(R"("final":{"on":"Shot","stamp":true,"to":"sg_finaled_on","when":{"sg_status_list":"fin"}})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(shot, "sg_status_list", "\"ip\"").kind() == Kind::ignored);
    stage.site.change("Shot", shot.id, R"({"sg_status_list":"fin"})");
    // An event that came before the shot was finished stamps nothing.
    CHECK(stage.deliver(shot, "Change", "sg_status_list", R"(,"new_value":"ip")").kind() == Kind::ignored);
    CHECK(stage.deliver(shot, "Change", "sg_status_list", R"(,"new_value":"fin")").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_finaled_on") == "\"2026-03-31T15:26:16Z\"");
    CHECK(stage.deliver(shot, "Change", "sg_status_list", R"(,"new_value":"fin")").kind() == Kind::ignored);
}

TEST_CASE("values are set by a condition, and at the beginning where nothing is", "[copy_fields][plugin]") {
    Stage stage;
    stage.start(R"("na":{"on":"Task","value":0,"to":"duration","when":{"sg_status_list":"na"}},)"
                R"("cut":{"on":"Shot","value":1001,"to":"sg_cut_duration"},)"
                R"("kept":{"on":"Shot","value":1,"to":"sg_cut_in"})");
    const auto& task = stage.demo.tasks[0];
    stage.site.change("Task", task.id, R"({"duration":600})");
    CHECK(stage.change(task, "sg_status_list", "\"na\"").kind() == Kind::done);
    CHECK(stage.value(task, "duration") == "0");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.deliver(shot, "New").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == "1001");
    CHECK(stage.value(shot, "sg_cut_in") == "1001");  // as the demo made it
    CHECK(stage.deliver(shot, "Revival").kind() == Kind::ignored);
}

TEST_CASE("totals follow what links, unlinks and goes", "[copy_fields][plugin]") {
    Stage stage;
    stage.start(R"("days":{"on":"Task","sum":"duration","to":"entity.Shot.sg_cut_duration",)"
                R"("when":{"sg_status_list":"!omt"}},)"
                R"("mean":{"on":"Task","average":"duration","to":"entity.Shot.sg_rate"})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(stage.demo.tasks[0], "duration", "100").kind() == Kind::done);
    CHECK(stage.change(stage.demo.tasks[1], "duration", "51").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == "151");
    CHECK(stage.value(shot, "sg_rate") == "75.5");
    CHECK(stage.change(stage.demo.tasks[1], "sg_status_list", "\"omt\"").kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == "100");
    // To another shot: both are mended.
    const auto link = [](const Link& to) { return R"({"type":"Shot","id":)" + std::to_string(to.id) + "}"; };
    stage.site.change("Task", stage.demo.tasks[0].id, R"({"entity":)" + link(stage.demo.shots[1]) + "}");
    CHECK(stage
              .deliver(stage.demo.tasks[0], "Change", "entity",
                       R"(,"old_value":)" + link(shot) + R"(,"new_value":)" + link(stage.demo.shots[1]))
              .kind() == Kind::done);
    CHECK(stage.value(shot, "sg_cut_duration") == "0");
    CHECK(stage.value(stage.demo.shots[1], "sg_cut_duration") == "100");
    stage.site.retire("Task", stage.demo.tasks[0].id);
    CHECK(stage.deliver(stage.demo.tasks[0], "Retirement").kind() == Kind::done);
    CHECK(stage.value(stage.demo.shots[1], "sg_cut_duration") == "0");
}

TEST_CASE("a dry run writes nothing, a site that is away is waited for", "[copy_fields][plugin]") {
    Stage stage;
    const bool dry = GENERATE(true, false);
    stage.plugin.dry_run(dry);
    stage.start(R"("own":{"on":"Task","from":"start_date","to":"due_date"})");
    const auto& task = stage.demo.tasks[0];
    if (dry) {
        CHECK(stage.change(task, "start_date", "\"2026-04-01\"").kind() == Kind::done);
        CHECK(stage.value(task, "due_date") == "null");
        CHECK(stage.plugin.logged("would be changed"));
    } else {
        stage.site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 503});
        CHECK(stage.change(task, "start_date", "\"2026-04-01\"").kind() == Kind::hold);
        CHECK(stage.deliver(task, "Change", "start_date").kind() == Kind::done);
    }
}

TEST_CASE("wrong rules refuse the start, all of them at once", "[copy_fields][plugin]") {
    Stage stage;
    stage.plugin.set("rules", foley::SettingMap(R"({"a":{"on":"Task","to":"duration"},)"
                                                R"("b":{"on":"Task","sum":"duration","to":"duration"},)"
                                                R"("c":{"on":"Task","from":"x","to":"x"},)"
                                                R"("d":{"on":"Task","frm":"x","to":"x"}})"));
    const auto outcome = stage.plugin.start();
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Contains("rules.a: write one of") && Contains("rules.b: to: a total") &&
                                  Contains("rules.c: from and to") && Contains("rules.d: there is no \"frm\""));
    Stage other;
    other.plugin.set("rules",
                     foley::SettingMap(R"({"a":{"on":"Task","from":"sg_nope","to":"duration"},)"
                                       R"("b":{"on":"Task","from":"content","to":"duration"},)"
                                       R"("c":{"on":"Task","stamp":true,"to":"duration"},)"
                                       R"("d":{"on":"Task","value":"x","to":"task_assignees.HumanUser.login"}})"));
    const auto schema = other.plugin.start();
    CHECK(schema.kind() == Kind::failed);
    CHECK_THAT(schema.why(), Contains("no field sg_nope") && Contains("does not take what content") &&
                                 Contains("takes no time") && Contains("leads to several"));
}
