// The simulated ShotGrid site itself: its event log, its gaps, its filters, its control interface.
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include "tests/sites/shotgrid/api.hpp"
#include "tests/sites/shotgrid/control.hpp"
#include "tests/sites/shotgrid/demo.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace foley::sim::shotgrid;
using namespace std::chrono_literals;
using foley::sim::SimShotgrid;
namespace json = foley::json;

namespace {

// A site without sockets.
struct Bare {
    Bare() : demo((site.add_script("foley", "key"), build_demo(site))) { site.clock.freeze(true); }

    json::Document call(const std::string& method, const std::string& parameters) {
        return json::parse(answer_call(site, R"({"method_name":")" + method +
                                                 R"(","params":[{"script_name":"foley","script_key":"key"},)" +
                                                 parameters + "]}"));
    }
    json::Document read(const std::string& type, const std::string& conditions, const std::string& more = "",
                        const std::string& op = "and") {
        return call("read", R"({"type":")" + type + R"(","return_fields":["id"],"filters":{"logical_operator":")" + op +
                                R"(","conditions":[)" + conditions + "]}" + more + "}");
    }
    std::size_t count(const std::string& type, const std::string& conditions, const std::string& op = "and") {
        const auto answer = read(type, conditions, "", op);
        INFO(json::stringify(answer).substr(0, 300));
        REQUIRE(json::find(answer, "results", "entities").IsArray());
        return json::find(answer, "results", "entities").Size();
    }
    std::vector<std::int64_t> log_ids() {
        std::vector<std::int64_t> out;
        for (const auto& [id, row] : site.store.rows("EventLogEntry"))
            out.push_back(id);
        return out;
    }

    Site site;
    Demo demo;
};

std::string condition(const std::string& path, const std::string& relation, const std::string& values) {
    return R"({"path":")" + path + R"(","relation":")" + relation + R"(","values":[)" + values + "]}";
}

}  // namespace

TEST_CASE("filters match as the site documents them", "[sim][shotgrid]") {
    Bare bare;
    CHECK(bare.count("Task", "") == 12);
    CHECK(bare.count("Task", condition("content", "is", "\"anim\"")) == 6);
    CHECK(bare.count("Task", condition("content", "contains", "\"OM\"")) == 6);
    CHECK(bare.count("Task", condition("content", "not_contains", "\"om\"")) == 6);
    CHECK(bare.count("Task", condition("content", "starts_with", "\"an\"")) == 6);
    CHECK(bare.count("Task", condition("content", "ends_with", "\"MP\"")) == 6);
    CHECK(bare.count("Task", condition("id", "between", "2,4")) == 3);
    CHECK(bare.count("Task", condition("id", "not_between", "2,4")) == 9);
    CHECK(bare.count("Task", condition("id", "in", "2,4,400")) == 2);
    CHECK(bare.count("Task", condition("id", "not_in", "2,4")) == 10);
    CHECK(bare.count("Task", condition("id", "less_than", "3")) == 2);
    CHECK(bare.count("Task", condition("due_date", "is", "null")) == 12);
    CHECK(bare.count("Task", condition("due_date", "is_not", "null")) == 0);
    // Negations match an empty field, greater_than and less_than do not.
    CHECK(bare.count("Task", condition("due_date", "is_not", "\"2026-01-01\"")) == 12);
    CHECK(bare.count("Task", condition("due_date", "greater_than", "\"2026-01-01\"")) == 0);
    CHECK(bare.count("Task", condition("milestone", "is", "false")) == 12);
    const auto ann = R"({"type":"HumanUser","id":)" + std::to_string(bare.demo.ann.id) + "}";
    CHECK(bare.count("Task", condition("task_assignees", "is", ann)) == 12);
    CHECK(bare.count("Task", condition("task_assignees", "name_contains", "\"lee\"")) == 12);
    CHECK(bare.count("Task", condition("entity", "type_is", "\"Shot\"")) == 12);
    CHECK(bare.count("Task", condition("entity", "type_is_not", "\"Shot\"")) == 0);
    CHECK(bare.count("Task", condition("entity", "name_is", "\"sq010_sh010\"")) == 2);
    CHECK(bare.count("Task", condition("entity.Shot.sg_sequence.Sequence.code", "is", "\"sq020\"")) == 6);
    CHECK(bare.count("Task", condition("created_at", "in_last", "1,\"HOUR\"")) == 12);
    CHECK(bare.count("Task", condition("created_at", "in_calendar_day", "-1")) == 0);
    CHECK(bare.count("Task", condition("id", "is", "1") + "," + condition("id", "is", "2"), "or") == 2);
    CHECK(bare.count("Task", condition("id", "is", "1") + "," + condition("id", "is", "2")) == 0);
}

TEST_CASE("the site refuses what the real one refuses", "[sim][shotgrid]") {
    Bare bare;
    const auto code = [&](const std::string& conditions) {
        return json::integer(json::member(bare.read("EventLogEntry", conditions), "error_code"));
    };
    CHECK(code(condition("meta", "is", "1")) == 103);
    CHECK(code(condition("id", "in", "")) == 103);
    CHECK(code(condition("id", "contains", "1")) == 103);
    CHECK(code(condition("project", "is", "7")) == 103);
    CHECK(code(condition("nope", "is", "7")) == 103);
    CHECK(code(R"({"logical_operator":"AND","conditions":[]})") == 103);
    CHECK(json::integer(json::member(bare.call("create", R"({"type":"Shot","fields":[]})"), "error_code")) == 103);
    CHECK(json::integer(json::member(bare.call("delete", R"({"type":"Shot","id":4711})"), "error_code")) == 104);
    CHECK(json::integer(
              json::member(bare.call("update", R"({"type":"Shot","id":1,"fields":[{"field_name":"id","value":2}]})"),
                           "error_code")) == 103);
}

TEST_CASE("sorts and pages are the site's", "[sim][shotgrid]") {
    Bare bare;
    const auto ids = [&](const std::string& more) {
        std::vector<std::int64_t> out;
        const auto answer = bare.read("Task", "", more);
        for (const auto& entity : json::find(answer, "results", "entities").GetArray())
            out.push_back(json::integer(json::member(entity, "id")).value());
        return out;
    };
    CHECK(ids(R"(,"paging":{"entities_per_page":3,"current_page":2})") == std::vector<std::int64_t>{4, 5, 6});
    CHECK(
        ids(R"(,"sorts":[{"field_name":"id","direction":"desc"}],"paging":{"entities_per_page":2,"current_page":1})") ==
        std::vector<std::int64_t>{12, 11});
    CHECK(ids(R"(,"sorts":[{"field_name":"content","direction":"desc"},{"field_name":"id","direction":"desc"}],)"
              R"("paging":{"entities_per_page":2,"current_page":1})") == std::vector<std::int64_t>{12, 10});
    CHECK(
        ids(R"(,"sorts":[{"field_name":"nope","direction":"desc"}],"paging":{"entities_per_page":1,"current_page":1})") ==
        std::vector<std::int64_t>{1});
    CHECK(ids(R"(,"paging":{"entities_per_page":5,"current_page":9})").empty());
    const auto last = bare.read("Task", "", R"(,"paging":{"entities_per_page":6,"current_page":2})");
    CHECK(json::find(last, "results", "paging_info", "has_next_page").IsFalse());
    const auto counted = bare.read("Task", "", R"(,"return_paging_info":true,"paging":{"entities_per_page":5})");
    CHECK(json::integer(json::find(counted, "results", "paging_info", "entity_count")) == 12);
}

TEST_CASE("the meta of an event says what happened", "[sim][shotgrid]") {
    Bare bare;
    const auto task = std::to_string(bare.demo.tasks[0].id);
    write(bare.site, "update",
          R"({"type":"Task","id":)" + task +
              R"(,"fields":[{"field_name":"sg_status_list","value":"ip"},{"field_name":"content","value":"Anim"}]})",
          bare.demo.jane);
    write(bare.site, "delete", R"({"type":"Task","id":)" + task + "}", bare.demo.jane);
    const auto answer =
        bare.call("read", R"({"type":"EventLogEntry","return_fields":["event_type","meta","entity","user"],)"
                          R"("filters":{"logical_operator":"and","conditions":[]}})");
    const auto& events = json::find(answer, "results", "entities");
    REQUIRE(events.Size() == 3);  // the unchanged content is no event
    CHECK(json::text_or_empty(events, 0, "meta", "old_value") == "wtg");
    CHECK(json::text_or_empty(events, 0, "meta", "new_value") == "ip");
    CHECK(json::text_or_empty(events, 0, "meta", "field_data_type") == "status_list");
    CHECK(json::text_or_empty(events, 0, "user", "name") == "Jane Doe");
    CHECK(json::text_or_empty(events, 2, "event_type") == "Shotgun_Task_Retirement");
    CHECK(json::text_or_empty(events, 2, "meta", "display_name") == "Anim");
    for (const auto& event : events.GetArray())
        CHECK(json::find(event, "entity").IsNull());  // its entity is retired by now
}

TEST_CASE("a back-reference names the event that caused it", "[sim][shotgrid]") {
    Bare bare;
    const auto made = bare.call("create", R"({"type":"Task","fields":[{"field_name":"content","value":"Roto"},)"
                                          R"({"field_name":"project","value":{"type":"Project","id":1}},)"
                                          R"({"field_name":"entity","value":{"type":"Shot","id":1}}]})");
    const auto ids = bare.log_ids();
    REQUIRE(ids.size() == 5);
    const auto answer = bare.call("read", R"({"type":"EventLogEntry","return_fields":["event_type","meta"],)"
                                          R"("filters":{"logical_operator":"and","conditions":[]}})");
    const auto& events = json::find(answer, "results", "entities");
    CHECK(json::text_or_empty(events, 0, "event_type") == "Shotgun_Task_New");
    CHECK(json::text_or_empty(events, 4, "event_type") == "Shotgun_Shot_Change");
    CHECK(json::integer(json::find(events, 4, "meta", "original_event_log_entry_id")) == ids[3]);
    CHECK(json::text_or_empty(events, 4, "meta", "actual_attribute_changed") == "Task.entity");
    CHECK(json::is_true(json::find(events, 3, "meta", "in_create")));
    CHECK(json::integer(json::find(events, 4, "meta", "entity_id")) ==
          json::integer(json::find(made, "results", "id")));
}

TEST_CASE("a script whose events are switched off writes none", "[sim][shotgrid]") {
    Bare bare;
    bare.call("update",
              R"({"type":"ApiUser","id":1,"fields":[{"field_name":"generate_event_log_entries","value":false}]})");
    const auto before = bare.log_ids().size();
    bare.call("update", R"({"type":"Task","id":1,"fields":[{"field_name":"sg_status_list","value":"fin"}]})");
    CHECK(bare.log_ids().size() == before);
    CHECK(bare.count("Task", condition("sg_status_list", "is", "\"fin\"")) == 1);
}

TEST_CASE("a transaction that fails takes its ids with it", "[sim][shotgrid]") {
    Bare bare;
    const auto answer = bare.call(
        "batch",
        R"([{"request_type":"update","type":"Task","id":1,"fields":[{"field_name":"sg_status_list","value":"ip"}]},)"
        R"({"request_type":"delete","type":"Task","id":4711}])");
    CHECK(json::integer(json::member(answer, "error_code")) == 104);
    CHECK(bare.count("Task", condition("sg_status_list", "is", "\"ip\"")) == 0);
    Artist(bare.site, bare.demo).work(1);
    CHECK(bare.log_ids() == std::vector<std::int64_t>{2});
}

TEST_CASE("ids can be reserved and filled later, and a wide hole costs nothing", "[sim][shotgrid]") {
    Bare bare;
    Artist artist(bare.site, bare.demo);
    artist.work(1);
    CHECK(bare.site.log.reserve(10'000'000) == 2);
    CHECK(artist.work(1) == std::vector<std::int64_t>{10'000'002});
    const auto late =
        json::parse(R"({"event_type":"Shotgun_Task_Change","meta":null,"entity":{"type":"Task","id":1}})");
    CHECK(bare.site.log.commit(77, bare.site.event_row(late)));
    CHECK_FALSE(bare.site.log.commit(77, bare.site.event_row(late)));
    CHECK_FALSE(bare.site.log.commit(10'000'003, bare.site.event_row(late)));
    CHECK(bare.log_ids() == std::vector<std::int64_t>{1, 77, 10'000'002});
}

TEST_CASE("late events come within their time and out of order, lost ones never, the same each time",
          "[sim][shotgrid]") {
    const auto run = [] {
        Bare bare;
        bare.site.log.set_lateness({0.03, 0.01, 60s, 7});
        const auto given = Artist(bare.site, bare.demo).work(10'000);
        const auto at_once = bare.log_ids();
        CHECK(given.size() == 10'000);
        CHECK(bare.site.log.waiting() > 200);
        CHECK(bare.site.log.waiting() < 400);
        CHECK(bare.site.log.lost() > 50);
        CHECK(bare.site.log.lost() < 150);
        CHECK(at_once.size() + bare.site.log.waiting() + bare.site.log.lost() == 10'000);
        bare.site.clock.advance(30s);
        bare.site.log.settle(bare.site.clock.now());
        const auto half = bare.log_ids();
        CHECK(half.size() > at_once.size());
        bare.site.clock.advance(30s);
        bare.site.log.settle(bare.site.clock.now());
        CHECK(bare.site.log.waiting() == 0);
        CHECK(bare.log_ids().size() + bare.site.log.lost() == 10'000);
        // Out of order: something below what came first came after it.
        std::vector<std::int64_t> second;
        const auto all = bare.log_ids();
        std::set_difference(all.begin(), all.end(), half.begin(), half.end(), std::back_inserter(second));
        CHECK(second.front() < half.back());
        return std::pair(half, all);
    };
    CHECK(run() == run());
}

TEST_CASE("events can be held back and released in any order", "[sim][shotgrid]") {
    Bare bare;
    Artist artist(bare.site, bare.demo);
    bare.site.log.hold(true);
    artist.work(3);
    bare.site.log.hold(false);
    artist.work(1);
    CHECK(bare.log_ids() == std::vector<std::int64_t>{4});
    bare.site.log.release(2);
    CHECK(bare.log_ids() == std::vector<std::int64_t>{2, 4});
    CHECK(bare.site.log.held() == std::vector<std::int64_t>{1, 3});
    bare.site.log.discard_all();
    CHECK(bare.log_ids() == std::vector<std::int64_t>{2, 4});
    CHECK(bare.site.log.lost() == 2);
}

TEST_CASE("a share of requests fails in a way that a seed decides", "[sim][shotgrid]") {
    const auto kinds = [](std::uint64_t seed) {
        Faults faults;
        faults.set_share(0.05, seed);
        std::vector<int> out;
        for (int i = 0; i < 2000; ++i) {
            const auto fault = faults.next("read");
            out.push_back(fault ? static_cast<int>(fault->kind) : -1);
        }
        return out;
    };
    const auto first = kinds(1);
    CHECK(first == kinds(1));
    CHECK(first != kinds(2));
    const auto failed = std::count_if(first.begin(), first.end(), [](int kind) { return kind >= 0; });
    CHECK(failed > 60);
    CHECK(failed < 140);
    CHECK(std::set<int>(first.begin(), first.end()).size() > 5);
}

TEST_CASE("a fault for one method leaves the others alone", "[sim][shotgrid]") {
    Faults faults;
    faults.add({.kind = HttpFault::Kind::status, .method = "read"}, 2);
    CHECK_FALSE(faults.next("info"));
    CHECK(faults.next("read"));
    CHECK(faults.next("read"));
    CHECK_FALSE(faults.next("read"));
    CHECK(faults.injected() == 2);
}

TEST_CASE("the control interface steers the site", "[sim][shotgrid]") {
    SimShotgrid site;
    const auto demo = site.with([](auto& world) { return build_demo(world.site); });
    auto artist = site.with([&](auto& world) { return Artist(world.site, demo); });
    const auto ask = [&](const std::string& path, const std::string& body = "") {
        const auto [status, text] = site.with([&](auto&) { return control(site, demo, artist, path, body); });
        INFO(path << " " << text);
        CHECK(status == 200);
        return json::parse(text);
    };
    const auto number = [](const json::Document& answer, const char* name) {
        return json::integer(json::member(answer, name)).value_or(-1);
    };
    CHECK(json::find(ask("/demo"), "tasks").Size() == 12);
    CHECK(number(ask("/work", R"({"changes":5})"), "last") == 5);
    CHECK(number(ask("/reserve", R"({"count":3})"), "last") == 8);
    ask("/commit", R"({"id":7,"event":{"event_type":"Toolkit_App_Startup"}})");
    CHECK(number(ask("/event", R"({"event_type":null,"meta":{"odd":[1]}})"), "id") == 9);
    CHECK(json::find(ask("/committed"), "ids").Size() == 7);
    CHECK(json::find(ask("/change", R"({"type":"Task","id":2,"fields":{"sg_status_list":"hld"}})"), "events").Size() ==
          1);
    CHECK(json::find(ask("/retire", R"({"type":"Task","id":2})"), "events").Size() == 2);
    CHECK(json::find(ask("/revive", R"({"type":"Task","id":2})"), "events").Size() == 2);
    CHECK(number(ask("/create", R"({"type":"Project","fields":{"name":"Second"}})"), "id") == 2);
    ask("/hold", R"({"on":true})");
    ask("/work", R"({"changes":2})");
    CHECK(number(ask("/state"), "held") == 2);
    ask("/release");
    CHECK(number(ask("/state"), "held") == 0);
    ask("/hold", R"({"on":false})");
    ask("/lateness", R"({"late":1,"longest":1000})");
    ask("/clock", R"({"frozen":true})");
    ask("/work", R"({"changes":4})");
    CHECK(number(ask("/state"), "late") == 4);
    ask("/advance", R"({"milliseconds":1000})");
    CHECK(number(ask("/state"), "late") == 0);
    ask("/fail", R"({"kind":"status","status":502,"times":2})");
    ask("/faults", R"({"share":0.5,"kinds":["cut","slow"]})");
    ask("/mode", R"({"maintenance":true,"gzip":true})");
    CHECK(site.with([](auto& world) { return world.faults.maintenance && world.faults.gzip; }));
    ask("/version", R"({"version":[7,0,0,0],"page_limit":10})");
    CHECK(site.with([](auto& world) { return world.site.page_limit; }) == 10);
    const auto status = [&](const std::string& path, const std::string& body) {
        return site.with([&](auto&) { return control(site, demo, artist, path, body); }).first;
    };
    CHECK(status("/nothing", "") == 404);
    CHECK(status("/commit", R"({"id":1,"event":{}})") == 400);
    CHECK(status("/fail", R"({"kind":"flood"})") == 400);
    CHECK(status("/change", "not JSON") == 400);
}
