// Filters, values and fields of the ShotGrid client, as they travel.
#include <foley/site/error.hpp>
#include <foley/site/shotgrid_batch.hpp>
#include <foley/site/shotgrid_filter.hpp>

#include <catch2/catch.hpp>

#include <limits>

using namespace foley::site::shotgrid;
using foley::site::ValidationError;
namespace json = foley::json;

namespace {

// The only condition of a filter that has one.
std::string condition(const Filter& filter) {
    const auto whole = json::parse(filter.json());
    CHECK(json::text_or_empty(whole, "logical_operator") == "and");
    REQUIRE(json::member(whole, "conditions").Size() == 1);
    return json::stringify(json::find(whole, "conditions", 0));
}

}  // namespace

TEST_CASE("a filter of nothing matches everything", "[site][shotgrid]") {
    CHECK(Filter().json() == R"({"logical_operator":"and","conditions":[]})");
    CHECK(all(std::vector<Filter>{}).json() == Filter().json());
    CHECK(all(Filter(), Filter()).json() == Filter().json());
}

TEST_CASE("a single condition travels in a group", "[site][shotgrid]") {
    CHECK(field("id").is(5).json() ==
          R"({"logical_operator":"and","conditions":[{"path":"id","relation":"is","values":[5]}]})");
}

TEST_CASE("conditions are written as the site's own client writes them", "[site][shotgrid]") {
    CHECK(condition(field("id").is(nullptr)) == R"({"path":"id","relation":"is","values":[null]})");
    CHECK(condition(field("id").in({1, 2, 3})) == R"({"path":"id","relation":"in","values":[1,2,3]})");
    CHECK(condition(field("id").greater_than(std::int64_t{9'007'199'254'740'993})) ==
          R"({"path":"id","relation":"greater_than","values":[9007199254740993]})");
    CHECK(condition(field("project").is(Link{"Project", 4})) ==
          R"({"path":"project","relation":"is","values":[{"type":"Project","id":4}]})");
    CHECK(condition(field("project").in(std::vector<Link>{{"Project", 70}, {"Project", 71}})) ==
          R"({"path":"project","relation":"in","values":[{"type":"Project","id":70},{"type":"Project","id":71}]})");
    CHECK(condition(field("created_at").in_last(1, Unit::day)) ==
          R"({"path":"created_at","relation":"in_last","values":[1,"DAY"]})");
    CHECK(condition(field("created_at").not_in_next(2, Unit::hour)) ==
          R"({"path":"created_at","relation":"not_in_next","values":[2,"HOUR"]})");
    CHECK(condition(field("created_at").in_calendar(Unit::month, -1)) ==
          R"({"path":"created_at","relation":"in_calendar_month","values":[-1]})");
    CHECK(condition(field("entity.Shot.code").starts_with("sh0")) ==
          R"({"path":"entity.Shot.code","relation":"starts_with","values":["sh0"]})");
    CHECK(condition(field("milestone").is(true)) == R"({"path":"milestone","relation":"is","values":[true]})");
    CHECK(condition(field("entity").type_is("Shot")) == R"({"path":"entity","relation":"type_is","values":["Shot"]})");
    CHECK(condition(field("x").relation("in_space", {"a", 1, nullptr})) ==
          R"({"path":"x","relation":"in_space","values":["a",1,null]})");
}

TEST_CASE("dates and times are written in UTC and whole seconds", "[site][shotgrid]") {
    using namespace std::chrono;
    const sys_seconds time = sys_days(2024y / July / 1) + 10h;
    CHECK(condition(field("created_at").between(time, time + 24h)) ==
          R"({"path":"created_at","relation":"between","values":["2024-07-01T10:00:00Z","2024-07-02T10:00:00Z"]})");
    CHECK(Value(time + 999ms).json() == R"("2024-07-01T10:00:00Z")");
    CHECK(Value(time - 1ms).json() == R"("2024-07-01T09:59:59Z")");
    CHECK(Value(2024y / January / 2).json() == R"("2024-01-02")");
    CHECK_THROWS_AS(Value(2023y / February / 29), ValidationError);
}

TEST_CASE("groups nest, and an empty filter says nothing in all but everything in any", "[site][shotgrid]") {
    const auto filter = all(field("a").is(1), Filter(), any(field("b").is(2), all(field("c").is(3), field("d").is(4))));
    CHECK(filter.json() == R"({"logical_operator":"and","conditions":[{"path":"a","relation":"is","values":[1]},)"
                           R"({"logical_operator":"or","conditions":[{"path":"b","relation":"is","values":[2]},)"
                           R"({"logical_operator":"and","conditions":[{"path":"c","relation":"is","values":[3]},)"
                           R"({"path":"d","relation":"is","values":[4]}]}]}]})");
    CHECK(any(field("a").is(1), Filter()).json() ==
          R"({"logical_operator":"or","conditions":[{"path":"a","relation":"is","values":[1]},)"
          R"({"logical_operator":"and","conditions":[]}]})");
}

TEST_CASE("a text is data wherever it stands", "[site][shotgrid]") {
    const std::string wicked = "\"],\"conditions\":[] \\ \n ü";
    const auto parsed = json::parse(field(wicked).contains(wicked).json());
    CHECK(json::text_or_empty(parsed, "conditions", 0, "path") == wicked);
    CHECK(json::text_or_empty(parsed, "conditions", 0, "values", 0) == wicked);
}

TEST_CASE("what no site can answer is refused before it is asked", "[site][shotgrid]") {
    CHECK_THROWS_AS(field("id").in(std::vector<std::int64_t>{}), ValidationError);
    CHECK_THROWS_AS(field("id").not_in({}), ValidationError);
    CHECK_THROWS_AS(any(std::vector<Filter>{}), ValidationError);
    CHECK_THROWS_AS(field("").is(1), ValidationError);
    CHECK_THROWS_AS(field("created_at").in_calendar(Unit::hour), ValidationError);
    CHECK_THROWS_AS(field("entity").is(Link{"", 4}), ValidationError);
    CHECK_THROWS_AS(field("sg_rate").is(std::numeric_limits<double>::infinity()), ValidationError);
}

TEST_CASE("links are read from what the site sends", "[site][shotgrid]") {
    CHECK(link_of(json::parse(R"({"type":"Shot","id":860,"name":"sh010"})")) == Link{"Shot", 860});
    CHECK_FALSE(link_of(json::parse("null")));
    CHECK_FALSE(link_of(json::parse(R"({"type":"Shot"})")));
    CHECK_FALSE(link_of(json::parse(R"({"id":860})")));
}

TEST_CASE("fields come from a JSON object or one by one, in order", "[site][shotgrid]") {
    const Fields from_json(json::parse(R"({"subject":"Hello","project":{"type":"Project","id":4},"sg_due":null})"));
    REQUIRE(from_json.all().size() == 3);
    CHECK(from_json.all()[1].field == "project");
    CHECK(from_json.all()[1].value.json() == R"({"type":"Project","id":4})");
    CHECK(from_json.all()[2].value.json() == "null");
    CHECK_THROWS_AS(Fields(json::parse("[]")), ValidationError);

    const auto built = Fields().set("a", 1.5).set("b", std::vector<Link>{}).add("c", {{"HumanUser", 1}});
    CHECK(built.all()[0].value.json() == "1.5");
    CHECK(built.all()[1].value.json() == "[]");
    CHECK(built.all()[2].mode == Fields::Mode::add);
}
