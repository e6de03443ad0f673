// The ShotGrid client against the simulated site, over real sockets.
#include "tests/sites/certificate.hpp"
#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/site/error.hpp>
#include <foley/site/shotgrid.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace foley::site;
using namespace foley::site::shotgrid;
using namespace std::chrono_literals;
namespace json = foley::json;
namespace sim = foley::sim;
using FaultKind = sim::shotgrid::HttpFault::Kind;

namespace {

ShotgridOptions quick() {
    ShotgridOptions options;
    options.first_delay = 1ms;
    options.longest_delay = 5ms;
    options.connect_timeout = 2s;
    options.total_timeout = 10s;
    return options;
}

// A site with the demo project, and a client of it.
struct Studio {
    Studio() : demo(site.with([](auto& world) { return sim::shotgrid::build_demo(world.site); })) {}

    std::vector<std::string> contents(const ShotgridQuery& query, const char* field = "content") {
        std::vector<std::string> out;
        const auto found = client.find(query);
        for (const auto& entity : found.GetArray())
            out.emplace_back(json::text_or_empty(entity, field));
        return out;
    }
    ShotgridPage log(std::int64_t after = 0, std::size_t limit = 500) {
        return client.read({.type = "EventLogEntry",
                            .filter = field("id").greater_than(after),
                            .fields = {"event_type", "attribute_name", "meta", "entity", "user", "project",
                                       "session_uuid", "created_at"},
                            .order = {ascending("id")},
                            .limit = limit});
    }

    sim::SimShotgrid site;
    sim::shotgrid::Demo demo;
    Shotgrid client{site.connection(), quick()};
};

}  // namespace

TEST_CASE("the client finds entities with filters, links and orders", "[site][shotgrid][sockets]") {
    Studio studio;
    const Link shot{"Shot", studio.demo.shots[0].id};
    CHECK(studio.contents({.type = "Task",
                           .filter = field("entity").is(shot),
                           .fields = {"content"},
                           .order = {descending("content")}}) == std::vector<std::string>{"Comp", "Anim"});
    CHECK(studio.contents({.type = "Task",
                           .filter = all(field("entity.Shot.code").is("SQ010_SH020"), field("content").in({"Anim"})),
                           .fields = {"content"}}) == std::vector<std::string>{"Anim"});
    const auto row = studio.client.find_one(
        {.type = "Task", .filter = field("entity").is(shot), .fields = {"entity", "entity.Shot.sg_cut_in", "sg_nope"}});
    CHECK(json::text_or_empty(row, "entity", "name") == "sq010_sh010");
    CHECK(json::integer(json::member(row, "entity.Shot.sg_cut_in")) == 1001);
    CHECK_FALSE(row.HasMember("sg_nope"));
    CHECK(studio.client.find_one({.type = "Shot", .filter = field("code").is("nothing")}).IsNull());
}

TEST_CASE("the ShotGrid client pages through more entities than a page holds", "[site][shotgrid][sockets]") {
    Studio studio;
    studio.site.with([](auto& world) { world.site.page_limit = 5; });
    const auto tasks = studio.client.find({.type = "Task"});
    CHECK(tasks.Size() == 12);
    CHECK(studio.site.calls("read") == 3);
    CHECK(studio.client.find({.type = "Task", .limit = 7}).Size() == 7);
    CHECK(studio.client.find({.type = "Task", .limit = 3}).Size() == 3);

    studio.site.with([](auto& world) { world.site.version = {7, 3, 0, 0}; });
    Shotgrid older(studio.site.connection(), quick());
    CHECK(older.find({.type = "Task"}).Size() == 12);
}

TEST_CASE("create, update, remove and revive change the site, and events follow", "[site][shotgrid][sockets]") {
    Studio studio;
    studio.client.set_session("0f0c1f7e-11aa-11ee-8c33-0242ac110004");
    const Link project{"Project", studio.demo.project.id};
    const auto made = studio.client.create("Task",
                                           Fields()
                                               .set("project", project)
                                               .set("content", "Light & \"Ünï\"")
                                               .set("entity", Link{"Shot", studio.demo.shots[0].id}),
                                           {"content", "entity"});
    const auto id = json::integer(json::member(made, "id")).value();
    CHECK(json::text_or_empty(made, "content") == "Light & \"Ünï\"");
    const Link ann{"HumanUser", studio.demo.ann.id};
    const auto updated =
        studio.client.update("Task", id, Fields().add("task_assignees", {ann}).set("due_date", "2026-12-24"));
    CHECK(json::text_or_empty(updated, "task_assignees", 0, "name") == "Ann Lee");
    CHECK(studio.client.remove("Task", id));
    CHECK_FALSE(studio.client.remove("Task", id));
    CHECK(studio.client.find({.type = "Task", .filter = field("id").is(id)}).Empty());
    CHECK(studio.client.find({.type = "Task", .filter = field("id").is(id), .retired = true}).Size() == 1);
    CHECK(studio.client.revive("Task", id));
    CHECK_THROWS_AS(studio.client.remove("Task", 999'999), ServerError);

    const auto page = studio.log();
    std::vector<std::string> types;
    for (const auto& event : page.entities.GetArray()) {
        types.push_back(std::string(json::text_or_empty(event, "event_type")) + " " +
                        std::string(json::text_or_empty(event, "attribute_name")));
        CHECK(json::text_or_empty(event, "session_uuid") == "0f0c1f7e-11aa-11ee-8c33-0242ac110004");
        CHECK(json::text_or_empty(event, "user", "name") == "foley");
    }
    CHECK(types == std::vector<std::string>{
                       "Shotgun_Task_New ", "Shotgun_Task_Change project", "Shotgun_Task_Change content",
                       "Shotgun_Task_Change entity", "Shotgun_Shot_Change tasks", "Shotgun_Task_Change task_assignees",
                       "Shotgun_Task_Change due_date", "Shotgun_Task_Change retirement_date",
                       "Shotgun_Task_Retirement ", "Shotgun_Task_Change retirement_date", "Shotgun_Task_Revival "});
    CHECK(page.server_time.has_value());
}

TEST_CASE("a batch is carried out as a whole or not at all", "[site][shotgrid][sockets]") {
    Studio studio;
    const auto task = studio.demo.tasks[0].id;
    ShotgridBatch good;
    good.update("Task", task, Fields().set("sg_status_list", "ip"));
    good.create("Note", Fields().set("subject", "s").set("project", Link{"Project", studio.demo.project.id}));
    good.remove("Task", studio.demo.tasks[1].id);
    const auto answer = studio.client.send(good);
    CHECK(json::text_or_empty(answer, 0, "sg_status_list") == "ip");
    CHECK(json::text_or_empty(answer, 1, "type") == "Note");
    CHECK(json::is_true(json::element(answer, 2)));

    const auto before = studio.site.committed().size();
    ShotgridBatch bad;
    bad.update("Task", task, Fields().set("sg_status_list", "fin"));
    bad.create("Note", Fields().set("subject", "without a project"));
    CHECK_THROWS_AS(studio.client.send(bad), ValidationError);
    CHECK(studio.contents({.type = "Task", .filter = field("id").is(task), .fields = {"sg_status_list"}},
                          "sg_status_list") == std::vector<std::string>{"ip"});
    CHECK(studio.site.committed().size() == before);
}

TEST_CASE("the schema says which statuses there are", "[site][shotgrid][sockets]") {
    Studio studio;
    const auto schema = studio.client.schema_field_read("Task", "sg_status_list");
    CHECK(json::text_or_empty(schema, "sg_status_list", "data_type", "value") == "status_list");
    CHECK(json::find(schema, "sg_status_list", "properties", "valid_values", "value").Size() == 9);
    CHECK(studio.client.schema_field_read("Task").HasMember("task_assignees"));
    CHECK(studio.client.schema_entity_read().HasMember("EventLogEntry"));
    CHECK_THROWS_AS(studio.client.schema_field_read("Task", "sg_nope"), ValidationError);
}

TEST_CASE("what the site refuses is said in its words", "[site][shotgrid][sockets]") {
    Studio studio;
    const auto find = [&](const Filter& filter) { studio.client.find({.type = "EventLogEntry", .filter = filter}); };
    CHECK_THROWS_WITH(find(field("meta").is("x")), Catch::Contains("cannot be used in a filter"));
    CHECK_THROWS_WITH(find(field("id").contains("x")), Catch::Contains("Valid relations: 'is', 'is_not'"));
    CHECK_THROWS_WITH(find(field("sg_nope").is(1)), Catch::Contains("EventLogEntry.sg_nope doesn't exist"));
    CHECK_THROWS_AS(find(field("project").is(4)), ValidationError);
    CHECK_THROWS_AS(studio.client.update("Task", studio.demo.tasks[0].id, Fields().set("sg_status_list", "zzz")),
                    ValidationError);
    CHECK_THROWS_AS(studio.client.update("EventLogEntry", 1, Fields().set("description", "x")), PermissionError);
}

TEST_CASE("a wrong application key is said to be wrong, without being shown", "[site][shotgrid][sockets]") {
    Studio studio;
    auto connection = studio.site.connection();
    connection.secret = foley::Secret("not-the-key");
    Shotgrid client(connection, quick());
    CHECK_NOTHROW(client.info());
    CHECK_THROWS_AS(client.find({.type = "Task"}), AuthenticationError);
    CHECK_THROWS_WITH(client.find({.type = "Task"}), !Catch::Contains("not-the-key"));
}

TEST_CASE("a script acts for a person, and the event names both", "[site][shotgrid][sockets]") {
    Studio studio;
    auto options = quick();
    options.sudo_as_login = "jane";
    Shotgrid client(studio.site.connection(), options);
    client.update("Task", studio.demo.tasks[0].id, Fields().set("sg_status_list", "ip"));
    const auto event = studio.log().entities;
    REQUIRE(event.Size() == 1);
    CHECK(json::text_or_empty(event, 0, "user", "name") == "Jane Doe");
    CHECK(json::text_or_empty(event, 0, "meta", "sudo_actual_user", "name") == "foley");
    options.sudo_as_login = "nobody";
    CHECK_THROWS_AS(Shotgrid(studio.site.connection(), options).find({.type = "Task"}), AuthenticationError);
}

TEST_CASE("every fault of a ShotGrid site is an error of its kind", "[site][shotgrid][sockets]") {
    Studio studio;
    auto options = quick();
    options.attempts = 1;
    Shotgrid client(studio.site.connection(), options);
    client.info();
    const auto find = [&] { client.find({.type = "Task"}); };
    studio.site.fail({.kind = FaultKind::html});
    CHECK_THROWS_AS(find(), NotJsonError);
    studio.site.fail({.kind = FaultKind::damaged});
    CHECK_THROWS_AS(find(), NotJsonError);
    studio.site.fail({.kind = FaultKind::wrong_form});
    CHECK_THROWS_AS(find(), NotJsonError);
    studio.site.fail({.kind = FaultKind::fault, .code = 104});
    CHECK_THROWS_AS(find(), ServerError);
    studio.site.fail({.kind = FaultKind::status, .status = 504});
    CHECK_THROWS_AS(find(), StatusError);
    studio.site.fail({.kind = FaultKind::status, .status = 403});
    CHECK_THROWS_AS(find(), PermissionError);
    // libcurl itself reads once more when a connection that was kept open turns out to be dead.
    studio.site.fail({.kind = FaultKind::reset}, 2);
    CHECK_THROWS_AS(find(), ConnectionError);
    studio.site.fail({.kind = FaultKind::cut});
    CHECK_THROWS_AS(find(), ConnectionError);
    studio.site.with([](auto& world) { world.faults.maintenance = true; });
    CHECK_THROWS_WITH(find(), Catch::Contains("down for maintenance"));
    studio.site.with([](auto& world) { world.faults.clear(); });
    CHECK_NOTHROW(find());
}

TEST_CASE("reads get through a site that stumbles", "[site][shotgrid][sockets]") {
    Studio studio;
    for (const FaultKind kind : {FaultKind::reset, FaultKind::cut, FaultKind::lost_answer}) {
        studio.site.fail({.kind = kind, .method = "read"}, 2);
        CHECK(studio.client.find({.type = "Task"}).Size() == 12);
    }
    studio.site.fail({.kind = FaultKind::status, .status = 502, .method = "read"}, 2);
    CHECK(studio.client.find({.type = "Task"}).Size() == 12);
    studio.site.fail({.kind = FaultKind::slow, .delay = 50ms});
    CHECK(studio.client.find({.type = "Task"}).Size() == 12);
}

TEST_CASE("a write whose answer is lost is carried out once and not repeated", "[site][shotgrid][sockets]") {
    Studio studio;
    const Fields fields = Fields().set("subject", "s").set("project", Link{"Project", studio.demo.project.id});
    for (const FaultKind kind : {FaultKind::lost_answer, FaultKind::cut}) {
        studio.site.fail({.kind = kind});
        try {
            studio.client.create("Note", fields);
            FAIL("no error");
        } catch (const ConnectionError& error) {
            CHECK(error.reached() == Reached::maybe);
        }
    }
    CHECK(studio.site.calls("create") == 2);
    CHECK(studio.client.find({.type = "Note"}).Size() == 2);
}

TEST_CASE("a ShotGrid site that is silent is a timeout, and one that is not there no connection",
          "[site][shotgrid][sockets]") {
    Studio studio;
    auto options = quick();
    options.total_timeout = 100ms;
    Shotgrid client(studio.site.connection(), options);
    studio.site.fail({.kind = FaultKind::silence});
    try {
        client.remove("Task", studio.demo.tasks[0].id);
        FAIL("no error");
    } catch (const TimeoutError& error) {
        CHECK(error.reached() == Reached::maybe);
    }
    CHECK(studio.site.calls("delete") == 1);
    studio.site.stop_listening();
    try {
        client.remove("Task", studio.demo.tasks[0].id);
        FAIL("no error");
    } catch (const ConnectionError& error) {
        CHECK(error.reached() == Reached::no);
    }
    studio.site.listen_again();
    CHECK(Shotgrid(studio.site.connection(), quick()).find({.type = "Task"}).Size() == 12);
}

TEST_CASE("reads share a connection, and packed answers are unpacked", "[site][shotgrid][sockets]") {
    Studio studio;
    studio.site.with([](auto& world) { world.faults.gzip = true; });
    for (int i = 0; i < 5; ++i)
        CHECK(studio.client.find({.type = "Task", .fields = {"content", "entity"}}).Size() == 12);
    CHECK(studio.site.with([](auto& world) { return world.connections; }) == 1);
}

TEST_CASE("the page of the log says what the site's clock is", "[site][shotgrid][sockets]") {
    Studio studio;
    studio.site.with([](auto& world) { world.site.clock.freeze(true); });
    const auto first = studio.log().server_time.value();
    CHECK(studio.log().server_time == first);
    studio.site.advance(10min);
    CHECK(studio.log().server_time == first + 10min);
    studio.site.with([](auto& world) { world.site.clock.date_offset = -1h; });
    CHECK(studio.log().server_time == first - 50min);
    studio.site.with([](auto& world) { world.faults.no_date = true; });
    CHECK_FALSE(studio.log().server_time);
}

TEST_CASE("a long log is read page by page by moving the id", "[site][shotgrid][sockets]") {
    Studio studio;
    studio.site.with([&](auto& world) {
        world.site.log.set_last_id(std::int64_t{1} << 40);
        sim::shotgrid::Artist(world.site, studio.demo).work(1234);
    });
    std::int64_t last = 0;
    std::vector<std::size_t> sizes;
    std::size_t count = 0;
    for (;;) {
        const auto page = studio.log(last);
        sizes.push_back(page.entities.Size());
        count += page.entities.Size();
        for (const auto& event : page.entities.GetArray()) {
            const auto id = json::integer(json::member(event, "id")).value();
            CHECK(id > last);
            last = id;
        }
        if (!page.full) break;
    }
    CHECK(sizes == std::vector<std::size_t>{500, 500, 234});
    CHECK(count == 1234);
    CHECK(last == (std::int64_t{1} << 40) + 1234);
}

TEST_CASE("a site with a certificate of its own authority is trusted by its CA file only",
          "[site][shotgrid][sockets]") {
    const sim::Certificate certificate("localhost");
    sim::SimShotgridOptions options;
    options.certificate = certificate.file();
    options.private_key = certificate.key();
    sim::SimShotgrid site(options);
    auto connection = site.connection();
    CHECK_THROWS_AS(Shotgrid(connection, quick()).info(), TlsError);
    connection.ca_file = certificate.file();
    Shotgrid client(connection, quick());
    CHECK(client.info().version[0] == 8);
    CHECK(client.find({.type = "ApiUser"}).Size() == 1);
}

TEST_CASE("a proxy is used, also when it is given in the vendor's form", "[site][shotgrid][sockets]") {
    Studio studio;
    auto connection = studio.site.connection();
    connection.url = "http://studio.invalid/";  // only the proxy could find it
    connection.proxy = "proxy user:p@:ss@127.0.0.1:" + std::to_string(studio.site.port());
    CHECK(Shotgrid(connection, quick()).find({.type = "Task"}).Size() == 12);
    auto headers = studio.site.with([](auto& world) { return world.last_headers; });
    CHECK(headers["host"] == "studio.invalid");
    CHECK(headers["proxy-authorization"] == "Basic cHJveHkgdXNlcjpwQDpzcw==");
    CHECK(headers["accept-encoding"].find("gzip") != std::string::npos);
    CHECK(headers.count("authorization") == 0);

    connection.proxy = "http://127.0.0.1:" + std::to_string(studio.site.port());
    CHECK(Shotgrid(connection, quick()).find({.type = "Task"}).Size() == 12);
}
