// A rule with a switch: someone asks in the template for all of it to be passed on.
#include "unit/task_templates/template_world.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace foley;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;
using plugin_tests::TemplateWorld;
using Fault = sim::shotgrid::HttpFault;

namespace {

constexpr const char* kSwitch =
    R"({"asked": {"switch": {"field": "sg_plugins", "value": "Update linked entities", "reset": "N/A"},
                  "types": ["Shot", "Asset"], "fields": ["content", "sg_description"],
                  "if_empty": ["task_assignees"]}})";

struct Asked : TemplateWorld {
    explicit Asked(const std::string& rules = kSwitch) : TemplateWorld(rules) { start(); }
    Outcome ask() { return deliver(change(tmpl, "sg_plugins", "\"Update linked entities\"")); }
    std::string answer() { return text(tmpl, "sg_plugins"); }
};

}  // namespace

TEST_CASE("a template that someone asks for is passed on as a whole, and the switch is back", "[task_templates]") {
    Asked world;
    const auto ann = "[" + TemplateWorld::json_of(world.demo.ann) + "]";
    world.site.change("Task", world.model.id, "{\"task_assignees\":" + ann + "}");
    CHECK(world.deliver(world.change(world.model, "content", "\"Modelling\"")).kind() == Kind::ignored);
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.text(world.first_model, "content") == "Modelling");
    CHECK(world.text(world.first_model, "sg_description") == "how to Model");
    CHECK_THAT(world.text(world.first_model, "task_assignees"), Contains("Ann Lee"));
    CHECK(world.copies(world.demo.shots.at(0), world.model).size() == 1);
    CHECK(world.copies(world.demo.shots.at(0), world.rig).size() == 1);
    CHECK(world.copies(world.demo.shots.at(1), world.model).size() == 1);
    CHECK(world.answer() == "N/A");
    // Once more there is nothing to write.
    const auto batches = world.site.calls("batch");
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.site.calls("batch") == batches);
    CHECK(world.answer() == "N/A");
}

TEST_CASE("what is entered by hand is kept where the rule says so", "[task_templates]") {
    Asked world;
    world.site.change("Task", world.model.id, "{\"task_assignees\":[" + TemplateWorld::json_of(world.demo.ann) + "]}");
    world.site.change(
        "Task", world.first_model.id,
        "{\"sg_description\":\"mine\",\"task_assignees\":[" + TemplateWorld::json_of(world.demo.jane) + "]}");
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.text(world.first_model, "sg_description") == "how to Model");
    CHECK_THAT(world.text(world.first_model, "task_assignees"), !Contains("Ann Lee"));
}

TEST_CASE("an empty field of the template empties no field", "[task_templates]") {
    Asked world;
    world.site.change("Task", world.model.id, R"({"sg_description":""})");
    world.site.change("Task", world.first_model.id, R"({"sg_description":"mine"})");
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.text(world.first_model, "sg_description") == "mine");
}

TEST_CASE("the switch is only back when all is passed on", "[task_templates]") {
    Asked world;
    world.site.fail({.kind = Fault::Kind::lost_answer, .method = "batch"});
    const auto event = world.change(world.tmpl, "sg_plugins", "\"Update linked entities\"");
    CHECK(world.deliver(event).kind() == Kind::hold);
    CHECK(world.answer() == "Update linked entities");
    CHECK(world.deliver(event).kind() == Kind::done);
    CHECK(world.answer() == "N/A");
    CHECK(world.copies(world.demo.shots.at(0), world.rig).size() == 1);
    CHECK_THAT(world.deliver(event).why(), Contains("sg_plugins is not Update linked entities"));
}

TEST_CASE("several rules have the same switch, and each is done", "[task_templates]") {
    const std::string pressed = R"("switch": {"field": "sg_plugins", "value": "Update linked entities"})";
    Asked world(fmt::format(R"({{"a": {{{0}, "types": "Asset", "fields": "content"}},
                                 "s": {{{0}, "types": "Shot", "fields": "content"}}}})",
                            pressed));
    const auto id = world.site.create(
        "Asset", fmt::format(R"({{"code":"a","project":{},"task_template":{}}})",
                             TemplateWorld::json_of(world.demo.project), TemplateWorld::json_of(world.tmpl)));
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.copies({"Asset", id}, world.rig).size() == 1);
    CHECK(world.copies(world.demo.shots.at(0), world.rig).size() == 1);
    CHECK(world.answer().empty());
}

TEST_CASE("tasks that the template does not have are removed when the rule says so, and only those that may be",
          "[task_templates]") {
    Asked world(R"({"asked": {"switch": {"field": "sg_plugins", "value": "Update linked entities", "reset": "N/A"},
                              "types": "Shot", "fields": "content", "remove": true,
                              "only_if": {"sg_status_list": "wtg"}}})");
    // Anim and Comp of the demo are in no template.
    world.set_status(world.demo.tasks.at(1), "ip");
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.text(world.demo.tasks.at(0), "content").empty());
    CHECK(world.text(world.demo.tasks.at(1), "content") == "Comp");
    CHECK(world.copies(world.demo.shots.at(0), world.model).size() == 1);
    CHECK(world.text(world.demo.tasks.at(4), "content") == "Anim");  // its shot uses no template
}

TEST_CASE("a template without tasks has none removed", "[task_templates]") {
    Asked world(R"({"asked": {"switch": {"field": "sg_plugins", "value": "Update linked entities", "reset": "N/A"},
                              "types": "Shot", "fields": "content", "remove": true}})");
    world.site.retire("Task", world.model.id);
    world.site.retire("Task", world.rig.id);
    CHECK(world.ask().kind() == Kind::done);
    CHECK(world.site.calls("batch") == 0);
    CHECK(world.text(world.demo.tasks.at(0), "content") == "Anim");
}
