// The built plugin at the simulated site: what happens to entities that others link to.
#include "stage.hpp"

using namespace copy_fields_test;

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
