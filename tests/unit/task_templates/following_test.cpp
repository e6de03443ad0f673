// A rule without a switch: what changes in a template is passed on at once.
#include "unit/task_templates/template_world.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace foley;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;
using plugin_tests::TemplateWorld;
using Fault = sim::shotgrid::HttpFault;

namespace {

constexpr const char* kFollow = R"({"follow": {"types": ["Shot"], "fields": ["content", "sg_description"],
                                               "if_empty": ["duration"], "only_if": {"sg_status_list": "!fin"}}})";

}  // namespace

TEST_CASE("a field that changes in the template changes in the tasks that come from it", "[task_templates]") {
    TemplateWorld world(kFollow);
    world.start();
    const auto second = world.task(world.demo.shots.at(1), "Model", world.model);
    const auto elsewhere = world.task(world.demo.shots.at(2), "Model", world.model);  // uses no template any more
    const auto event = world.change(world.model, "sg_description", "\"a new way\"");
    CHECK(world.deliver(event).kind() == Kind::done);
    CHECK(world.text(world.first_model, "sg_description") == "a new way");
    CHECK(world.text(second, "sg_description") == "a new way");
    CHECK(world.text(elsewhere, "sg_description").empty());
    CHECK(world.site.calls("batch") == 1);
    // Only that field, and no task that somebody has taken away.
    CHECK(world.text(world.first_model, "duration").empty());
    CHECK(world.copies(world.demo.shots.at(0), world.rig).empty());
    CHECK_THAT(world.deliver(event).why(), Contains("all is as the template says"));
    CHECK(world.site.calls("batch") == 1);
}

TEST_CASE("what is entered where nothing was yet stays, and what is finished is left alone", "[task_templates]") {
    TemplateWorld world(kFollow);
    world.start();
    const auto second = world.task(world.demo.shots.at(1), "Model", world.model);
    world.site.change("Task", world.first_model.id, R"({"duration":480})");
    CHECK(world.deliver(world.change(world.model, "duration", "960")).kind() == Kind::done);
    CHECK(world.text(world.first_model, "duration") == "480");
    CHECK(world.text(second, "duration") == "960");
    world.set_status(second, "fin");
    CHECK(world.deliver(world.change(world.model, "content", "\"Modelling\"")).kind() == Kind::done);
    CHECK(world.text(world.first_model, "content") == "Modelling");
    CHECK(world.text(second, "content") == "Model");
}

TEST_CASE("a task that is added to the template is added to what uses it, once", "[task_templates]") {
    TemplateWorld world(kFollow);
    world.start();
    const auto event = world.made(world.in_template("Groom"));
    const auto groom = sim::shotgrid::Link{
        "Task", world.client.find_one({.type = "Task", .filter = site::shotgrid::field("content").is("Groom")})["id"]
                    .GetInt64()};
    CHECK(world.deliver(event).kind() == Kind::done);
    for (const int i : {0, 1}) {
        const auto copies = world.copies(world.demo.shots.at(static_cast<std::size_t>(i)), groom);
        REQUIRE(copies.size() == 1);
        CHECK(world.text(copies.front(), "content") == "Groom");
        CHECK(world.text(copies.front(), "sg_description") == "how to Groom");
        CHECK_FALSE(world.text(copies.front(), "project").empty());
    }
    CHECK(world.copies(world.demo.shots.at(2), groom).empty());
    CHECK(world.deliver(event).kind() == Kind::ignored);
    CHECK(world.copies(world.demo.shots.at(0), groom).size() == 1);
}

TEST_CASE("a create of tasks whose answer is lost is not sent again", "[task_templates]") {
    TemplateWorld world(kFollow);
    world.start();
    world.site.fail({.kind = Fault::Kind::lost_answer, .method = "batch"});
    const auto event = world.made(world.rig);
    CHECK(world.deliver(event).kind() == Kind::hold);
    CHECK(world.deliver(event).kind() == Kind::ignored);
    CHECK(world.copies(world.demo.shots.at(0), world.rig).size() == 1);
    CHECK(world.copies(world.demo.shots.at(1), world.rig).size() == 1);
}

TEST_CASE("tasks are not created while those of a process before may still appear", "[task_templates]") {
    TemplateWorld world(kFollow, 1h);
    world.start();
    const auto outcome = world.deliver(world.made(world.rig));  // received before the start
    CHECK(outcome.kind() == Kind::hold);
    CHECK_THAT(outcome.why(), Contains("may still appear"));
    CHECK(world.site.calls("batch") == 0);
    // A change is no danger.
    CHECK(world.deliver(world.change(world.model, "sg_description", "\"x\"")).kind() == Kind::done);
}

TEST_CASE("tasks of entities are no templates, and a template that is not meant is left alone", "[task_templates]") {
    TemplateWorld world(R"({"follow": {"types": "Shot", "fields": ["content"], "when": {"code": "Props"}}})");
    world.start();
    CHECK_THAT(world.deliver(world.change(world.first_model, "content", "\"x\"")).why(),
               Contains("it is no task of a template"));
    CHECK_THAT(world.deliver(world.change(world.model, "content", "\"x\"")).why(),
               Contains("its `when` does not hold"));
    CHECK_THAT(world.deliver(world.change(world.model, "sg_description", "\"x\"")).why(), Contains("no rule for Task"));
    CHECK(world.site.calls("batch") == 0);
}

TEST_CASE("only entities of the projects that are named get tasks, and none that are put aside", "[task_templates]") {
    const auto* projects = GENERATE(R"("projects": "Another")", R"("exclude_projects": "Demo")",
                                    R"("entities": {"sg_status_list": "!wtg"})");
    TemplateWorld world(fmt::format(R"({{"follow": {{"types": "Shot", "fields": "content", {}}}}})", projects));
    world.start();
    CHECK(world.deliver(world.made(world.rig)).kind() == Kind::ignored);
    CHECK(world.site.calls("batch") == 0);
}

TEST_CASE("a dry run of task_templates says what it would pass on", "[task_templates]") {
    TemplateWorld world(kFollow);
    world.plugin.dry_run();
    world.start();
    CHECK(world.deliver(world.made(world.rig)).kind() == Kind::done);
    CHECK(world.site.calls("batch") == 0);
    CHECK(world.plugin.logged("dry run: new Task of Shot"));
}

TEST_CASE("task_templates waits for a site that is away, and fails what it refuses", "[task_templates]") {
    TemplateWorld world(kFollow);
    world.start();
    const auto event = world.made(world.rig);
    world.site.fail({.kind = Fault::Kind::status, .status = 503, .method = "batch"});
    CHECK(world.deliver(event).kind() == Kind::hold);
    world.site.fail(
        {.kind = Fault::Kind::fault, .code = 104, .text = "no permission to create Task", .method = "batch"});
    const auto refused = world.deliver(event);
    CHECK(refused.kind() == Kind::failed);
    CHECK_THAT(refused.why(), Contains("rule follow: ") && Contains("no permission to create Task"));
    CHECK(world.deliver(event).kind() == Kind::done);
}
