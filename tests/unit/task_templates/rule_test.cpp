#include "task_templates/rule.hpp"

#include "unit/task_templates/template_world.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace foley;
using Catch::Matchers::Contains;
using plugin_tests::TemplateWorld;

namespace {

std::string why(const std::string& rules) {
    TemplateWorld world(rules);
    const auto outcome = world.plugin.start();
    CHECK(outcome.kind() == Outcome::Kind::failed);
    return outcome.why();
}

}  // namespace

TEST_CASE("rules of task_templates that make no sense are refused with a sentence", "[task_templates]") {
    CHECK_THAT(why("{}"), Contains("there is none"));
    CHECK_THAT(why(R"({"x": {"fields": "content"}})"), Contains("rule x: types is missing"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "fields": "sg_description"}})"), Contains("content is missing"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "create": false}})"), Contains("fields is missing"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "fields": ["content", "entity"]}})"),
               Contains("entity cannot be passed on"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "fields": "content", "if_empty": "content"}})"),
               Contains("both in fields and in if_empty"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "fields": "content", "remove": true}})"),
               Contains("remove: it goes with switch only"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "fields": "content", "switch": {"field": "a", "value": "b",
                             "reset": "b"}}})"),
               Contains("it would ask for ever"));
    CHECK_THAT(why(R"({"x": {"types": "Shot", "fields": "content", "switch": {"feild": "a"}}})"),
               Contains("rule x, switch: field is missing"));
}

TEST_CASE("rules of task_templates are compared with the site", "[task_templates]") {
    const auto all = why(R"({"x": {"types": ["Shot", "Sequence"], "fields": ["content", "sg_nope"],
                                   "switch": {"field": "sg_plugins", "value": "Go"}}})");
    CHECK_THAT(all, Contains("rule x: sg_nope: Task has no field sg_nope"));
    CHECK_THAT(all, Contains("rule x: task_template: Sequence has no field task_template"));
    CHECK_THAT(all, Contains("rule x: Go is no value of TaskTemplate.sg_plugins on this site; they are N/A"));
}
