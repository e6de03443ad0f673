// The ftrack client against the simulated site, over real sockets.
#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"

#include <foley/site/error.hpp>
#include <foley/site/ftrack.hpp>

#include <catch2/catch.hpp>

using namespace foley::site;
using namespace std::chrono_literals;
namespace json = foley::json;
namespace sim = foley::sim;

namespace {

foley::SiteConnection connection_to(const sim::SimFtrack& site) {
    foley::SiteConnection out;
    out.name = "sim";
    out.kind = "ftrack";
    out.url = site.url();
    out.user = site.options().user;
    out.secret = foley::Secret(site.options().key);
    return out;
}

FtrackOptions quick() {
    FtrackOptions options;
    options.first_delay = 1ms;
    options.longest_delay = 5ms;
    options.connect_timeout = 2s;
    options.total_timeout = 5s;
    return options;
}

}  // namespace

TEST_CASE("the client finds a task's folder and its version's files", "[site][sockets]") {
    sim::SimFtrack site;
    const auto demo = site.with([](auto& world) { return sim::build_demo(world.site); });
    Ftrack client(connection_to(site), quick());

    const auto storage = client.storage();
    CHECK(storage.centralized());
    CHECK(storage.mount_linux == "/mnt/hs");

    const auto& task = demo.tasks.front();
    const auto row = client.query_first(
        "select id, name, link, parent_id, project.id, project.name, object_type_id from TypedContext where id is " +
        ftrack::quoted_id(task.id));
    CHECK(json::text_or_empty(row, "__entity_type__") == "Task");
    CHECK(json::text_or_empty(row, "project", "name") == "demo");
    CHECK(json::find(row, "link").Size() == 4);
    CHECK(json::text_or_empty(row, "link", 2, "name") == "SH 0110");

    const auto components = client.query(
        "select id, name, file_type, system_type, component_locations.location_id, "
        "component_locations.resource_identifier from Component where version_id is " +
        ftrack::quoted_id(task.version));
    REQUIRE(components.Size() == 2);
    CHECK(json::text_or_empty(components, 0, "component_locations", 0, "resource_identifier") == task.file);
    CHECK(json::text_or_empty(components, 1, "__entity_type__") == "SequenceComponent");
}

TEST_CASE("the client pages through more entities than a page holds", "[site][sockets]") {
    sim::SimFtrack site;
    site.with([](auto& world) {
        for (int i = 0; i < 501; ++i)
            world.site.store().create("User", json::parse(R"({"id":"u)" + std::to_string(i) + R"(","username":"x"})"));
    });
    Ftrack client(connection_to(site), quick());
    CHECK(client.query("select id from User where username is x").Size() == 501);
    CHECK(site.with([](auto& world) { return world.api_requests; }) == 2);
}

TEST_CASE("the client creates, updates and deletes, and events follow", "[site][sockets]") {
    sim::SimFtrack site;
    const auto demo = site.with([](auto& world) {
        sim::DemoOptions options;
        options.configurations = true;
        return sim::build_demo(world.site, options);
    });
    Ftrack client(connection_to(site), quick());
    const auto note =
        client.create("Note", json::parse(R"({"content":"hi","parent_id":")" + demo.tasks[0].id + R"("})"));
    const std::string id(json::text_or_empty(note, "id"));
    client.update("Note", id, json::parse(R"({"content":"there"})"));
    CHECK(json::text_or_empty(client.query_first("select content from Note where id is " + ftrack::quoted_id(id)),
                              "content") == "there");
    client.remove("Note", id);
    CHECK(client.query_first("select id from Note").IsNull());

    const auto configuration = client.query_first(
        "select id from CustomAttributeConfiguration where key is hs_location and type.name is enumerator and "
        "entity_type is task and object_type.name is Task");
    const std::vector<std::string> key{std::string(json::text_or_empty(configuration, "id")), demo.tasks[0].id};
    client.update("ContextCustomAttributeValue", key, json::parse(R"({"value":["yul","lax"]})"));
    CHECK(site.with([&](auto& world) { return world.site.choices(demo.tasks[0].id, "hs_location"); }) ==
          std::vector<std::string>{"yul", "lax"});
    const auto values = client.query("select value, entity_id from CustomAttributeValue where entity_id in (" +
                                     ftrack::quoted_id(demo.tasks[0].id) + ")");
    REQUIRE(values.Size() == 1);
    CHECK(json::find(values, 0, "value").Size() == 2);
}

TEST_CASE("entities that the server reduces are filled", "[site][sockets]") {
    sim::SimFtrack site;
    site.with([](auto& world) {
        sim::build_demo(world.site);
        world.faults.always_reduce = true;
    });
    Ftrack client(connection_to(site), quick());
    const auto tasks = client.query("select name, project.name from Task");
    REQUIRE(tasks.Size() == 12);
    for (const auto& task : tasks.GetArray())
        CHECK(json::text_or_empty(task, "project", "name") == "demo");
}

TEST_CASE("every fault of a site is an error of its kind", "[site][sockets]") {
    using Kind = sim::ApiFault::Kind;
    sim::SimFtrack site;
    Ftrack client(connection_to(site), quick());
    const auto query = [&] { client.query("select id from Task"); };
    site.fail_api({Kind::html});
    CHECK_THROWS_AS(query(), NotJsonError);
    site.fail_api({Kind::malformed});
    CHECK_THROWS_AS(query(), NotJsonError);
    site.fail_api({Kind::wrong_form});
    CHECK_THROWS_AS(query(), NotJsonError);
    site.fail_api({Kind::error_object, 200, "PermissionError"});
    CHECK_THROWS_AS(query(), PermissionError);
    site.fail_api({Kind::error_object, 500, "OperationalError"});
    CHECK_THROWS_AS(query(), ServerError);
    site.fail_api({Kind::status, 500});
    CHECK_THROWS_AS(query(), StatusError);
    site.fail_api({Kind::status, 503}, 2);
    CHECK_NOTHROW(query());
    site.fail_api({Kind::reset}, 2);
    CHECK_NOTHROW(query());
    CHECK_THROWS_AS(client.query("select nonsense from Task where"), ServerError);
}

TEST_CASE("a site that does not answer is a timeout, and one that is not there no connection", "[site][sockets]") {
    sim::SimFtrack site;
    auto options = quick();
    options.attempts = 1;
    Ftrack client(connection_to(site), options);
    options.total_timeout = 100ms;
    Ftrack impatient(connection_to(site), options);
    site.fail_api({sim::ApiFault::Kind::silence});
    try {
        impatient.query("select id from Task");
        FAIL("no error");
    } catch (const TimeoutError& error) {
        CHECK(error.reached() == Reached::maybe);
    }
    site.stop_listening();
    try {
        client.query("select id from Task");
        FAIL("no error");
    } catch (const ConnectionError& error) {
        CHECK(error.reached() == Reached::no);
    }
}

TEST_CASE("a create is not made twice when its answer is lost", "[site][sockets]") {
    sim::SimFtrack site;
    Ftrack client(connection_to(site), quick());
    site.fail_api({sim::ApiFault::Kind::lost_answer});
    client.create("Note", json::parse(R"({"content":"hi"})"));
    CHECK(site.with([](auto& world) { return world.site.store().all("Note").size(); }) == 1);
}

TEST_CASE("an update whose answer is lost is not repeated", "[site][sockets]") {
    sim::SimFtrack site;
    Ftrack client(connection_to(site), quick());
    const auto note = client.create("Note", json::parse(R"({"content":"hi"})"));
    const auto before = site.with([](auto& world) { return world.api_requests; });
    site.fail_api({sim::ApiFault::Kind::lost_answer});
    CHECK_THROWS_AS(
        client.update("Note", std::string(json::text_or_empty(note, "id")), json::parse(R"({"content":"there"})")),
        ConnectionError);
    CHECK(site.with([](auto& world) { return world.api_requests; }) == before + 1);
}

TEST_CASE("wrong credentials are said to be wrong, without showing them", "[site][sockets]") {
    sim::SimFtrack site;
    auto connection = connection_to(site);
    connection.secret = foley::Secret("not-the-key");
    Ftrack client(connection, quick());
    CHECK_THROWS_AS(client.server_information(), AuthenticationError);
    CHECK_THROWS_WITH(client.server_information(), !Catch::Contains("not-the-key"));
}
