// The simulated site's query language: what the other tests rest on.
#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/query.hpp"

#include <catch2/catch.hpp>

namespace sim = foley::sim;
namespace json = foley::json;

namespace {

struct World {
    World() : site([](const std::string&) {}) {
        sim::DemoOptions options;
        options.configurations = true;
        demo = sim::build_demo(site, options);
        site.set_choices(demo.tasks[0].id, "hs_location", {"yul", "lax"});
    }
    std::size_t count(const std::string& query) {
        json::Document out;
        sim::run_query(sim::parse_query(query), site.store(), true, out);
        return json::find(out, "data").Size();
    }
    sim::Site site;
    sim::Demo demo;
};

}  // namespace

TEST_CASE("the simulated site answers the queries that are used", "[sim][query]") {
    World world;
    CHECK(world.count("Task") == 12);
    CHECK(world.count("TypedContext") == 20);
    CHECK(world.count("select id from Task where name is comp") == 6);
    CHECK(world.count("select id from Task where name = \"comp\" and parent.name like \"SH 01%\"") == 3);
    CHECK(world.count("select id from Task where not (name is comp or name is anim)") == 0);
    CHECK(world.count("select id from Task where name in (\"comp\", anim)") == 12);
    CHECK(world.count("select id from Task where name not_in (comp)") == 6);
    CHECK(world.count("select id from Task where name is_not comp limit 4") == 4);
    CHECK(world.count("select id from Task offset 10 limit 500") == 2);
    CHECK(world.count(
              "select id from Task where custom_attributes any (key is \"hs_location\" and value is \"yul\")") == 1);
    CHECK(world.count("select id from Task where parent has (name is \"SH 0110\")") == 2);
    CHECK(world.count("select id from AssetVersion where asset.parent.name is \"SH 0110\"") == 2);
    CHECK(world.count("select id from AssetVersion where version > 0") == 12);
    CHECK(world.count("select id from Component where version_id is_not none") == 24);
    CHECK(world.count("select value from ContextCustomAttributeValue where value is lax") == 1);
    CHECK(world.count("select id, name from SecurityRole offset 0 limit 500") == 4);
    CHECK(world.count("select value from Setting where name is \"storage_scenario\" and group is \"STORAGE\"") == 1);
}

TEST_CASE("a query is ordered as it asks", "[sim][query]") {
    World world;
    json::Document out;
    sim::run_query(sim::parse_query("select name from Shot order by name desc limit 2"), world.site.store(), true, out);
    CHECK(json::text_or_empty(out, "data", 0, "name") == "SH 0230");
    CHECK(json::text_or_empty(out, "data", 1, "name") == "SH 0220");
}

TEST_CASE("a query that makes no sense is refused", "[sim][query]") {
    World world;
    for (const char* query : {"", "select from Task", "select id from Nothing", "select nothing from Task",
                              "select id from Task where", "select id from Task where name", "Task limit x",
                              "Task where name is \"open", "Task where nothing is 1", "Task where (name is a"}) {
        CAPTURE(query);
        CHECK_THROWS_AS(world.count(query), sim::ApiError);
    }
}
