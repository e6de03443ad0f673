// The built plugin at the simulated site: what happens to entities that others link to.
#include "stage.hpp"

using namespace copy_fields_test;
using Catch::Matchers::Contains;

TEST_CASE("a condition on a linked entity acts when that changes", "[copy_fields][links]") {
    Stage stage;
    stage.start(R"("omt":{"on":"Task","value":0,"to":"duration","when":{"entity.Shot.sg_status_list":"omt"}},)"
                R"("copy":{"on":"Task","from":"content","to":"sg_description",)"
                R"("when":{"entity.Shot.sg_status_list":"omt"}})");
    const auto& shot = stage.demo.shots[0];
    CHECK(stage.change(shot, "sg_status_list", "\"ip\"").kind() == Kind::ignored);
    CHECK(stage.change(shot, "sg_status_list", "\"omt\"").kind() == Kind::done);
    CHECK(stage.value(stage.demo.tasks[0], "duration") == "0");
    CHECK(stage.value(stage.demo.tasks[1], "duration") == "0");
    CHECK(stage.value(stage.demo.tasks[2], "duration") == "null");
    CHECK(stage.value(stage.demo.tasks[1], "sg_description") == "\"Comp\"");
    CHECK(stage.deliver(shot, "Change", "sg_status_list").kind() == Kind::ignored);
    CHECK(stage.deliver(shot, "Change", "description").kind() == Kind::ignored);
}

TEST_CASE("a stamp is of the linked entity's event that made its condition true", "[copy_fields][links]") {
    Stage stage;
    stage.start(R"("final":{"on":"Shot","stamp":true,"to":"sg_finaled_on",)"
                R"("when":{"sg_sequence.Sequence.sg_status_list":"fin"}})");
    const auto& sequence = stage.demo.sequences[0];
    stage.site.change("Sequence", sequence.id, R"({"sg_status_list":"fin"})");
    CHECK(stage.deliver(sequence, "Change", "sg_status_list", R"(,"new_value":"ip")").kind() == Kind::ignored);
    CHECK(stage.deliver(sequence, "Change", "sg_status_list", R"(,"new_value":"fin")").kind() == Kind::done);
    CHECK(stage.value(stage.demo.shots[0], "sg_finaled_on") == "\"2026-03-31T15:26:16Z\"");
    CHECK(stage.value(stage.demo.shots[1], "sg_finaled_on") == "\"2026-03-31T15:26:16Z\"");
    CHECK(stage.value(stage.demo.shots.back(), "sg_finaled_on") == "null");
}

TEST_CASE("a total follows what its condition says of another entity", "[copy_fields][links]") {
    Stage stage;
    const Link step{"Step", stage.site.create("Step", R"({"code":"Comp","short_name":"ani"})")};
    stage.start(R"("days":{"on":"Task","sum":"duration","to":"entity.Shot.sg_cut_duration",)"
                R"("when":{"step.Step.short_name":"cmp"}})");
    for (const auto& task : {stage.demo.tasks[0], stage.demo.tasks[1], stage.demo.tasks[2]})
        stage.site.change("Task", task.id, R"({"duration":30,"step":)" + link_json(step) + "}");
    CHECK(stage.change(step, "short_name", "\"cmp\"").kind() == Kind::done);
    CHECK(stage.value(stage.demo.shots[0], "sg_cut_duration") == "60");
    CHECK(stage.value(stage.demo.shots[1], "sg_cut_duration") == "30");
    CHECK(stage.change(step, "short_name", "\"ani\"").kind() == Kind::done);
    CHECK(stage.value(stage.demo.shots[0], "sg_cut_duration") == "0");
}

TEST_CASE("a path through several links is followed at each of them", "[copy_fields][links]") {
    Stage stage;
    stage.start(R"("text":{"on":"Version","from":"sg_task.Task.entity.Shot.description","to":"description"})");
    const auto& version = stage.demo.versions[0];  // of tasks[0], of shots[0]
    CHECK(stage.change(stage.demo.shots[0], "description", "\"wet\"").kind() == Kind::done);
    CHECK(stage.value(version, "description") == "\"wet\"");
    stage.site.change("Shot", stage.demo.shots[1].id, R"({"description":"dry"})");
    CHECK(stage.change(stage.demo.tasks[0], "entity", link_json(stage.demo.shots[1])).kind() == Kind::done);
    CHECK(stage.value(version, "description") == "\"dry\"");
    CHECK(stage.change(version, "sg_task", "null").kind() == Kind::done);
    CHECK(stage.value(version, "description") == "null");
}

TEST_CASE("who is assigned is added to the project, and nobody is taken out", "[copy_fields][links]") {
    Stage stage;
    const bool dry = GENERATE(true, false);
    stage.plugin.dry_run(dry);
    stage.start(R"("people":{"on":"Task","from":"project","to":"task_assignees.HumanUser.projects","add":true},)"
                R"("groups":{"on":"Task","from":"project","add":true,)"
                R"("to":"task_assignees.Group.users.HumanUser.projects"})");
    const Link other{"Project", stage.site.create("Project", R"({"name":"Other"})")};
    stage.site.change("HumanUser", stage.demo.ann.id, R"({"projects":[)" + link_json(other) + "]}");
    const Link group{"Group",
                     stage.site.create("Group", R"({"code":"g","users":[)" + link_json(stage.demo.jane) + "]}")};
    const auto& task = stage.demo.tasks[0];
    CHECK(stage.change(task, "task_assignees", "[" + link_json(stage.demo.ann) + "," + link_json(group) + "]").kind() ==
          Kind::done);
    const auto has = [&](const Link& person, const Link& project) {
        return stage.value(person, "projects").find("\"id\":" + std::to_string(project.id)) != std::string::npos;
    };
    CHECK(has(stage.demo.ann, other));
    CHECK(has(stage.demo.ann, stage.demo.project) == !dry);
    CHECK(has(stage.demo.jane, stage.demo.project) == !dry);
    CHECK(stage.deliver(task, "Change", "task_assignees").kind() == (dry ? Kind::done : Kind::ignored));
    CHECK(stage.change(task, "task_assignees", "[]").kind() == Kind::ignored);
}

TEST_CASE("what is found is added to a list, too", "[copy_fields][links]") {
    Stage stage;
    stage.start(
        R"("step":{"on":"Task","find":"Asset","where":{"code":"{content}"},"to":"entity.Shot.assets","add":true})");
    const auto make = [&](const std::string& code) {
        return stage.site.create("Asset",
                                 R"({"code":")" + code + R"(","project":)" + link_json(stage.demo.project) + "}");
    };
    const auto anim = make("Anim"), comp = make("Comp");
    CHECK(stage.deliver(stage.demo.tasks[0], "New").kind() == Kind::done);
    CHECK(stage.deliver(stage.demo.tasks[1], "New").kind() == Kind::done);
    CHECK(stage.deliver(stage.demo.tasks[1], "New").kind() == Kind::ignored);
    CHECK_THAT(stage.value(stage.demo.shots[0], "assets"),
               Contains("\"id\":" + std::to_string(anim)) && Contains("\"id\":" + std::to_string(comp)));
}

TEST_CASE("what cannot be added to refuses the start", "[copy_fields][links]") {
    Stage stage;
    CHECK_THAT(stage.refused(R"("a":{"on":"Shot","from":"code","add":true,"only_empty":true,"to":"x"},)"
                             R"("b":{"on":"Shot","sum":"code","add":true,"to":"x"})"),
               Contains("rules.a: only_empty: what is added") &&
                   Contains("rules.b: add: it goes with from, value, find, and this rule has sum"));
    Stage other;
    CHECK_THAT(other.refused(R"("a":{"on":"Shot","from":"sg_sequence","add":true,"to":"sg_sequence.Sequence.code"},)"
                             R"("b":{"on":"Task","from":"project","to":"task_assignees.HumanUser.projects"},)"
                             R"("c":{"on":"Task","from":"task_assignees.HumanUser.login","to":"content"})"),
               Contains("rules.a: add: ") && Contains("or to several with add: true") &&
                   Contains("rules.c: task_assignees leads to several"));
}
