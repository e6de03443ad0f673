// The plugin as it ships, against a simulated site: what people do there reaches it as the site's own events.
#include "unit/rules/sim_world.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace foley;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;

namespace {

struct Flow : plugin_tests::SimWorld {
    explicit Flow(const std::string& rules) : SimWorld(STATUS_FLOW_PLUGIN) { set_rules(rules); }
    Flow& set_rules(const std::string& rules) {
        plugin.set("rules", SettingMap(rules));
        return *this;
    }
};

constexpr const char* kTaskToShot =
    R"({"started": {"from": "Task", "values": ["ip"], "to": "entity", "types": ["Shot"],
                    "only_if": {"sg_status_list": ["wtg", ""]}, "set": {"sg_status_list": "ip"}},
        "finished": {"from": "Task", "values": ["fin", "na"], "to": "entity", "types": ["Shot"],
                     "all": {"sg_status_list": ["fin", "na"]}, "any": {"sg_status_list": "fin"},
                     "only_if": {"sg_status_list": "!omt"}, "set": {"sg_status_list": "fin"}}})";

}  // namespace

TEST_CASE("a task that begins sets its shot, and only from the statuses that are named", "[status_flow]") {
    Flow flow(kTaskToShot);
    flow.start();
    const auto shot = flow.demo.shots.at(0);
    flow.set_status(shot, "wtg");
    CHECK(flow.become(flow.demo.tasks.at(0), "ip").kind() == Kind::done);
    CHECK(flow.status(shot) == "ip");
    CHECK(flow.plugin.logged("sg_status_list \"wtg\" -> \"ip\" (rule started"));
    flow.set_status(shot, "hld");
    const auto outcome = flow.become(flow.demo.tasks.at(1), "ip");
    CHECK(outcome.kind() == Kind::ignored);
    CHECK_THAT(outcome.why(), Contains("`only_if` does not hold for Shot"));
    CHECK(flow.status(shot) == "hld");
}

TEST_CASE("when all tasks are finished the shot is, but not when none of them was done", "[status_flow]") {
    Flow flow(kTaskToShot);
    flow.start();
    const auto shot = flow.demo.shots.at(0);
    flow.set_status(shot, "ip");
    flow.set_status(flow.demo.tasks.at(1), "ip");
    CHECK(flow.become(flow.demo.tasks.at(0), "na").kind() == Kind::ignored);
    CHECK(flow.become(flow.demo.tasks.at(1), "na").kind() == Kind::ignored);
    CHECK(flow.status(shot) == "ip");
    CHECK(flow.become(flow.demo.tasks.at(1), "fin").kind() == Kind::done);
    CHECK(flow.status(shot) == "fin");
}

TEST_CASE("an event that comes again, or late, does nothing that is not so now", "[status_flow]") {
    Flow flow(kTaskToShot);
    flow.start();
    const auto shot = flow.demo.shots.at(0);
    const auto task = flow.demo.tasks.at(0);
    flow.set_status(shot, "wtg");
    const auto event = flow.event_of(task, "ip");
    CHECK(flow.deliver(event).kind() == Kind::done);
    CHECK(flow.deliver(event).kind() == Kind::ignored);
    CHECK(flow.site.calls("batch") == 1);
    // By now someone took it back.
    flow.set_status(shot, "wtg");
    flow.set_status(task, "rdy");
    const auto stale = flow.deliver(event);
    CHECK(stale.kind() == Kind::ignored);
    CHECK_THAT(stale.why(), Contains("is rdy by now"));
    CHECK(flow.status(shot) == "wtg");
}

TEST_CASE("a status of an entity goes to its tasks in one batch, and leaves out those that are not meant",
          "[status_flow]") {
    Flow flow(R"({"held": {"from": "Shot", "values": "hld", "to": "tasks",
                           "only_if": {"sg_status_list": ["!fin", "!na"]}, "set": {"sg_status_list": "hld"}}})");
    flow.start();
    flow.set_status(flow.demo.tasks.at(0), "fin");
    flow.set_status(flow.demo.tasks.at(1), "ip");
    CHECK(flow.become(flow.demo.shots.at(0), "hld").kind() == Kind::done);
    CHECK(flow.status(flow.demo.tasks.at(0)) == "fin");
    CHECK(flow.status(flow.demo.tasks.at(1)) == "hld");
    CHECK(flow.site.calls("batch") == 1);
}

TEST_CASE("a task that is done makes the next ready, when all that it depends on is done", "[status_flow]") {
    Flow flow(R"({"next": {"from": "Task", "values": ["fin"], "to": "next_tasks", "through": {"sg_status_list": "na"},
                           "all": {"sg_status_list": ["fin", "na"]}, "only_if": {"sg_status_list": "wtg"},
                           "set": {"sg_status_list": "rdy"}}})");
    const auto& tasks = flow.demo.tasks;
    // 0 and 1 before 2; 2 before 3.
    flow.depends_on(tasks.at(2), {tasks.at(0), tasks.at(1)});
    flow.depends_on(tasks.at(3), {tasks.at(2)});
    flow.start();
    for (int i = 0; i < 4; ++i)
        flow.set_status(tasks.at(static_cast<std::size_t>(i)), "wtg");
    CHECK(flow.become(tasks.at(0), "fin").kind() == Kind::ignored);
    CHECK(flow.status(tasks.at(2)) == "wtg");
    CHECK(flow.become(tasks.at(1), "fin").kind() == Kind::done);
    CHECK(flow.status(tasks.at(2)) == "rdy");
    CHECK(flow.status(tasks.at(3)) == "wtg");
    // One that is not needed is passed over.
    flow.set_status(tasks.at(2), "na");
    CHECK(flow.deliver(flow.event_of_status(tasks.at(1))).kind() == Kind::done);
    CHECK(flow.status(tasks.at(3)) == "rdy");
}

TEST_CASE("a circle of dependencies comes to an end", "[status_flow]") {
    Flow flow(R"({"next": {"from": "Task", "values": ["fin"], "to": "next_tasks", "through": {"sg_status_list": "na"},
                           "set": {"sg_status_list": "rdy"}}})");
    const auto& tasks = flow.demo.tasks;
    flow.depends_on(tasks.at(1), {tasks.at(0)});
    flow.depends_on(tasks.at(0), {tasks.at(1)});
    flow.start();
    flow.set_status(tasks.at(1), "na");
    CHECK(flow.become(tasks.at(0), "fin").kind() == Kind::ignored);
}

TEST_CASE("the next task can be told by the order of a field", "[status_flow]") {
    Flow flow(R"({"next": {"from": "Task", "values": ["fin"], "to": "next_tasks", "by": "duration",
                           "all": {"sg_status_list": ["fin"]}, "set": {"sg_status_list": "rdy"}}})");
    const auto first = flow.demo.tasks.at(0);
    const auto second = flow.demo.tasks.at(1);
    flow.site.change("Task", first.id, R"({"duration": 1})");
    flow.site.change("Task", second.id, R"({"duration": 2})");
    flow.start();
    flow.set_status(second, "wtg");
    CHECK(flow.become(first, "fin").kind() == Kind::done);
    CHECK(flow.status(second) == "rdy");
    CHECK(flow.become(second, "fin").kind() == Kind::ignored);
}

TEST_CASE("a version's status becomes its task's, translated", "[status_flow]") {
    Flow flow(R"({"reviewed": {"from": "Version", "to": "task",
                               "set": {"sg_status_list": {"apr": "fin", "rev": "rev"}}},
                  "back": {"from": "Task", "values": "apr", "to": "latest_version", "set": {"sg_status_list": "apr"}}})");
    const auto version = flow.demo.versions.at(0);
    const auto task = flow.demo.tasks.at(0);
    flow.site.change("Version", version.id, R"({"sg_task": {"type": "Task", "id": )" + std::to_string(task.id) + "}}");
    flow.start();
    flow.set_status(version, "vwd");
    CHECK(flow.become(version, "rev").kind() == Kind::done);
    CHECK(flow.status(task) == "rev");
    CHECK(flow.become(version, "vwd").kind() == Kind::ignored);
    CHECK(flow.become(version, "apr").kind() == Kind::done);
    CHECK(flow.status(task) == "fin");
    flow.set_status(version, "vwd");
    CHECK(flow.become(task, "apr").kind() == Kind::done);
    CHECK(flow.status(version) == "apr");
}

TEST_CASE("what a note is about is set through a link of several", "[status_flow]") {
    Flow flow(R"({"seen": {"from": "Note", "field": "note_links", "to": "link", "via": "note_links", "types": "Version",
                           "only_if": {"sg_status_list": "rev"}, "set": {"sg_status_list": "vwd"}}})");
    const auto version = flow.demo.versions.at(0);
    flow.start();
    flow.set_status(version, "rev");
    const auto note = flow.site.create("Note", R"({"subject": "n", "project": {"type": "Project", "id": )" +
                                                   std::to_string(flow.demo.project.id) + "}}");
    const auto link = [](const auto& to) {
        return R"({"type":")" + to.type + R"(","id":)" + std::to_string(to.id) + "}";
    };
    CHECK(flow.deliver(flow.change({"Note", note}, "note_links",
                                   "[" + link(version) + "," + link(flow.demo.shots.at(0)) + "]"))
              .kind() == Kind::done);
    CHECK(flow.status(version) == "vwd");
}

TEST_CASE("rules that undo each other are stopped, and say so", "[status_flow]") {
    Flow flow(R"({"a": {"from": "Task", "values": ["ip"], "set": {"sg_status_list": "rdy"}},
                  "b": {"from": "Task", "values": ["rdy"], "set": {"sg_status_list": "ip"}}})");
    flow.plugin.set("writes_per_minute", 4);
    flow.start();
    const auto task = flow.demo.tasks.at(0);
    int rounds = 0;
    flow.set_status(task, "ip");
    for (; rounds < 20; ++rounds) {
        if (flow.deliver(flow.event_of_status(task)).kind() != Kind::done) break;
    }
    CHECK(rounds == 4);
    CHECK(flow.plugin.logged("chase each other"));
}

TEST_CASE("a dry run says what it would set and sets nothing", "[status_flow]") {
    Flow flow(kTaskToShot);
    flow.plugin.dry_run();
    flow.start();
    flow.set_status(flow.demo.shots.at(0), "wtg");
    CHECK(flow.become(flow.demo.tasks.at(0), "ip").kind() == Kind::done);
    CHECK(flow.status(flow.demo.shots.at(0)) == "wtg");
    CHECK(flow.plugin.logged("dry run: Task"));
    CHECK(flow.site.calls("batch") == 0);
}

TEST_CASE("only the projects that are named, and never the others", "[status_flow]") {
    Flow flow(kTaskToShot);
    const auto named = GENERATE(true, false);
    flow.plugin.set(named ? "projects" : "exclude_projects",
                    std::vector<std::string>{named ? "Another" : flow.project_name()});
    flow.start();
    flow.set_status(flow.demo.shots.at(0), "wtg");
    CHECK_THAT(flow.become(flow.demo.tasks.at(0), "ip").why(), Contains("not one of the projects"));
    CHECK(flow.status(flow.demo.shots.at(0)) == "wtg");
}

TEST_CASE("a site that is away is waited for, and what it refuses is failed", "[status_flow]") {
    using Fault = sim::shotgrid::HttpFault;
    Flow flow(kTaskToShot);
    flow.start();
    const auto event = flow.event_of(flow.demo.tasks.at(0), "ip");
    flow.set_status(flow.demo.shots.at(0), "wtg");
    // However long: what was not written does not count as chasing.
    flow.site.fail({.kind = Fault::Kind::status, .status = 503, .method = "batch"}, 30);
    for (int attempt = 0; attempt < 30; ++attempt)
        CHECK(flow.deliver(event).kind() == Kind::hold);
    flow.site.fail({.kind = Fault::Kind::fault, .code = 104, .text = "no permission to edit Shot", .method = "batch"});
    const auto refused = flow.deliver(event);
    CHECK(refused.kind() == Kind::failed);
    CHECK_THAT(refused.why(), Contains("no permission to edit Shot"));
    CHECK(flow.deliver(event).kind() == Kind::done);
}

TEST_CASE("an entity that is gone, or an event without one, is nothing to set", "[status_flow]") {
    Flow flow(kTaskToShot);
    flow.start();
    const auto task = flow.demo.tasks.at(0);
    const auto event = flow.event_of(task, "ip");
    flow.site.retire("Task", task.id);
    CHECK_THAT(flow.deliver(event).why(), Contains("is gone"));
    for (const char* odd : {R"({"event_type":"Shotgun_Task_Change","attribute_name":"sg_status_list"})",
                            R"({"event_type":"Shotgun_Project_Change","meta":null,"entity":null,"user":null})"}) {
        auto saved = testing::shotgrid_event(odd);
        saved.site = "sim";
        CHECK(flow.deliver(saved).kind() == Kind::ignored);
    }
}

TEST_CASE("wrong rules end the start with all their faults", "[status_flow]") {
    const auto why = [](const std::string& rules) {
        Flow flow(rules);
        const auto outcome = flow.plugin.start();
        CHECK(outcome.kind() == Kind::failed);
        return outcome.why();
    };
    CHECK_THAT(why("{}"), Contains("there is none"));
    CHECK_THAT(why(R"({"x": {"set": {"sg_status_list": "ip"}}})"), Contains("rule x: from is missing"));
    CHECK_THAT(why(R"({"x": {"from": "Task"}})"), Contains("set is missing"));
    CHECK_THAT(why(R"({"x": {"from": "Task", "valeus": "ip", "set": {"sg_status_list": "ip"}}})"),
               Contains("there is no valeus"));
    CHECK_THAT(why(R"({"x": {"from": "Task", "to": "friends", "set": {"sg_status_list": "ip"}}})"),
               Contains("\"friends\" is none of"));
    const auto both = why(R"({"x": {"from": "Task", "values": "done", "set": {"sg_status_list": "ip"}},
                              "y": {"from": "Shot", "to": "tasks", "set": {"sg_nope": 1, "sg_status_list": "apprvd"}}})");
    CHECK_THAT(both, Contains("rule x: done is no value of Task.sg_status_list on this site; they are wtg, rdy"));
    CHECK_THAT(both, Contains("rule y: sg_nope: Task has no field sg_nope"));
    CHECK_THAT(both, Contains("apprvd is no value of Task.sg_status_list on this site"));
}
