// The built plugin in a dry run, and without servers: who would get what.
#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using Kind = foley::Outcome::Kind;
namespace sim = foley::sim;

namespace {

struct Stage {
    Stage() : demo(site.with([](auto& world) { return sim::shotgrid::build_demo(world.site); })) {
        person(demo.ann, R"({"email":"ann@x.test","sg_status_list":"act"})");
        person(demo.jane, R"({"email":"jane@x.test","sg_status_list":"act"})");
        plugin.add_site(site.connection());
        plugin.set("smtp_host", "127.0.0.1").set("smtp_port", 1).set("smtp_tls", "none").set("from", "foley@x.test");
    }
    void person(const sim::shotgrid::Link& who, const std::string& fields) { site.change(who.type, who.id, fields); }
    void start(const std::string& rule, bool dry_run = true) {
        plugin.dry_run(dry_run);
        plugin.set("rules", foley::SettingMap(R"({"up":)" + rule + "}"));
        const auto outcome = plugin.start();
        INFO(outcome.why());
        REQUIRE(outcome.kind() == Kind::done);
    }
    // What the site's log says of the change.
    foley::Outcome change(const std::string& status, const sim::shotgrid::Link& user) {
        site.change("Task", demo.tasks[0].id, R"({"sg_status_list":")" + status + "\"}", user);
        return deliver(status, user);
    }
    foley::Outcome deliver(const std::string& status, const sim::shotgrid::Link& user) {
        auto event = foley::testing::shotgrid_event(
            R"({"id":77,"event_type":"Shotgun_Task_Change","attribute_name":"sg_status_list","user":{"type":")" +
            user.type + R"(","id":)" + std::to_string(user.id) + R"(,"name":"who"},"entity":{"type":"Task","id":)" +
            std::to_string(demo.tasks[0].id) + R"(},"meta":{"entity_type":"Task","entity_id":)" +
            std::to_string(demo.tasks[0].id) + R"(,"old_value":"wtg","new_value":")" + status + "\"}}");
        event.site = "sim";
        const auto results = plugin.deliver(event);
        REQUIRE(results.size() == 1);
        return results.front().outcome;
    }

    sim::SimShotgrid site;
    sim::shotgrid::Demo demo;
    foley::testing::Plugin plugin{std::filesystem::path(NOTIFY_PLUGIN)};
};

const std::string kReview = R"({"on":"Task","changes":"sg_status_list","when":{"sg_status_list":"rev"},)"
                            R"("to":["task_assignees","td@x.test"],"subject":"{content} of {entity} is up",)"
                            R"("text":"{event.user}: {event.old} to {event.new}\n{event.url}"})";

}  // namespace

TEST_CASE("people get a mail when the condition holds", "[notify][plugin]") {
    Stage stage;
    stage.start(kReview);
    CHECK(stage.change("ip", stage.demo.jane).kind() == Kind::ignored);
    CHECK(stage.change("rev", stage.demo.jane).kind() == Kind::done);
    CHECK(stage.plugin.logged("would mail \"Anim of sq010_sh010 is up\" to td@x.test, ann@x.test"));
    CHECK(stage.plugin.state().empty());
}

TEST_CASE("who did it gets no mail unless asked", "[notify][plugin]") {
    const bool also_self = GENERATE(false, true);
    Stage stage;
    auto rule = kReview;
    if (also_self) rule.replace(0, 1, R"({"also_self":true,)");
    stage.start(rule);
    CHECK(stage.change("rev", stage.demo.ann).kind() == Kind::done);
    CHECK(stage.plugin.logged(also_self ? "td@x.test, ann@x.test" : "is up\" to td@x.test"));
    CHECK(stage.plugin.logged("ann@x.test") == also_self);
}

TEST_CASE("who has no address or is not active is left out, and said", "[notify][plugin]") {
    Stage stage;
    stage.start(kReview);
    stage.person(stage.demo.ann, R"({"email":null})");
    CHECK(stage.change("rev", stage.demo.jane).kind() == Kind::done);
    CHECK(stage.plugin.logged("Ann Lee gets no mail: no address"));
    stage.person(stage.demo.ann, R"({"email":"ann@x.test","sg_status_list":"dis"})");
    CHECK(stage.change("rev", stage.demo.jane).kind() == Kind::done);
    CHECK(stage.plugin.logged("Ann Lee gets no mail: not active"));
    CHECK_FALSE(stage.plugin.logged("ann@x.test"));
}

TEST_CASE("a group stands for its people", "[notify][plugin]") {
    Stage stage;
    stage.start(kReview);
    const auto group = stage.site.create(
        "Group", R"({"code":"anim","users":[{"type":"HumanUser","id":)" + std::to_string(stage.demo.ann.id) + "}]}");
    stage.site.change("Task", stage.demo.tasks[0].id,
                      R"({"task_assignees":[{"type":"Group","id":)" + std::to_string(group) + "}]}");
    CHECK(stage.change("rev", stage.demo.jane).kind() == Kind::done);
    CHECK(stage.plugin.logged("to td@x.test, ann@x.test"));
}

TEST_CASE("an event that the site has moved on from is not told", "[notify][plugin]") {
    Stage stage;
    stage.start(kReview);
    stage.site.change("Task", stage.demo.tasks[0].id, R"({"sg_status_list":"fin"})");
    CHECK(stage.deliver("rev", stage.demo.jane).kind() == Kind::ignored);
    stage.site.change("Task", stage.demo.tasks[0].id, R"({"sg_status_list":"rev"})");
    CHECK(stage.deliver("ip", stage.demo.jane).kind() == Kind::ignored);
    stage.site.retire("Task", stage.demo.tasks[0].id);
    CHECK(stage.deliver("rev", stage.demo.jane).kind() == Kind::ignored);
}

TEST_CASE("a mail server or a site that is away is waited for", "[notify][plugin]") {
    Stage stage;
    stage.start(kReview, false);
    const auto outcome = stage.change("rev", stage.demo.jane);
    CHECK(outcome.kind() == Kind::hold);
    CHECK_THAT(outcome.why(), Contains("127.0.0.1:1 cannot be used"));
    stage.site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 503});
    CHECK(stage.deliver("rev", stage.demo.jane).kind() == Kind::hold);
}

TEST_CASE("wrong settings refuse the start, all of them at once", "[notify][plugin]") {
    Stage stage;
    stage.plugin.set("from", "nobody");
    stage.plugin.set("rules", foley::SettingMap(R"({"a":{"on":"Task","event":"made","to":"x@x.test"},)"
                                                R"("b":{"on":"Task","event":"new","hook":true,"text":"{event.nope}"},)"
                                                R"("c":{"on":"Task","event":"new","hook":true,"text":"x"},)"
                                                R"("d":{"on":"Task","event":"new","to":"x@x.test","text":"x"}})"));
    const auto outcome = stage.plugin.start();
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Contains("rules.a: event") && Contains("rules.b: text: there is no {event.nope}") &&
                                  Contains("rules.d: a mail wants") && Contains("hook_url"));
    Stage other;
    other.plugin.set("rules", foley::SettingMap(R"({"a":{"on":"Task","changes":"sg_nope","to":"sg_nobody",)"
                                                R"("subject":"x","text":"{entity.Shot.sg_none}"}})"));
    const auto schema = other.plugin.start();
    CHECK(schema.kind() == Kind::failed);
    CHECK_THAT(schema.why(), Contains("sg_nope") && Contains("sg_nobody") && Contains("sg_none"));
}
