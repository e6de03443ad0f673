// The ShotGrid client over a fake transport: what it sends and what it makes of the answers.
#include "shotgrid_bench.hpp"

using namespace foley::site;
using namespace foley::site::shotgrid;
using namespace shotgrid_bench;
using namespace std::chrono_literals;
namespace json = foley::json;

namespace {

ShotgridOptions paged(std::size_t size) {
    ShotgridOptions options;
    options.page_size = size;
    return options;
}

std::string endpoint(const std::string& url) {
    auto to = connection();
    to.url = url;
    Bench bench({info()}, {}, to);
    bench.client->info();
    return bench.request(0).url;
}

}  // namespace

TEST_CASE("info needs no credentials, and is asked once before what depends on it", "[site][shotgrid]") {
    Bench bench({info(), page(""), page("")});
    bench.client->find({.type = "Task"});
    bench.client->find({.type = "Task"});
    CHECK(bench.request(0).body == R"({"method_name":"info","params":[]})");
    CHECK(bench.requests() == 3);
    CHECK(bench.request(0).method == "POST");
    CHECK(bench.request(0).url == "https://studio.example.com/api3/json");
    CHECK(find_header(bench.request(0).headers, "content-type") == "application/json; charset=utf-8");
    CHECK_FALSE(find_header(bench.request(0).headers, "Authorization"));
}

TEST_CASE("info says version and page limit, and keeps the rest", "[site][shotgrid]") {
    Bench bench({results(R"({"version":[8,72,0,"Dev"],"full_version":[8,72,0,1],"s3_uploads_enabled":true})"),
                 results(R"({"version":[]})"), results(R"({"version":[2,3,9]})")});
    const auto info = bench.client->info();
    CHECK(info.version == std::array<unsigned, 3>{8, 72, 0});
    CHECK(info.page_limit == 500);
    CHECK(info.is_at_least(8, 71, 9));
    CHECK_FALSE(info.is_at_least(8, 72, 1));
    CHECK(json::is_true(json::member(info.json, "s3_uploads_enabled")));
    CHECK_THROWS_AS(bench.client->info(), NotJsonError);
    CHECK_THROWS_WITH(bench.client->info(), Catch::Contains("older than 2.4.0"));
}

TEST_CASE("a poll of the event log is what the vendor's daemon sends", "[site][shotgrid]") {
    Bench bench({info(), results(R"({"entities":[{"type":"EventLogEntry","id":4044184,"meta":{"a":[1,null]},"new":7}],)"
                                 R"("paging_info":{"has_next_page":false}})",
                                 {{"Date", "Wed, 25 Nov 2026 20:43:30 GMT"}})});
    const auto page = bench.client->read({.type = "EventLogEntry",
                                          .filter = field("id").greater_than(4044183),
                                          .fields = {"id", "event_type", "meta"},
                                          .order = {ascending("id")},
                                          .limit = 500});
    CHECK(bench.method(1) == "read");
    CHECK(bench.credentials(1) == R"({"script_name":"daemon","script_key":"key-1"})");
    CHECK(bench.parameters(1) ==
          R"({"type":"EventLogEntry","return_fields":["id","event_type","meta"],"filters":{"logical_operator":"and",)"
          R"("conditions":[{"path":"id","relation":"greater_than","values":[4044183]}]},"return_only":"active",)"
          R"("paging":{"entities_per_page":500,"current_page":1},"sorts":[{"field_name":"id","direction":"asc"}],)"
          R"("api_return_image_urls":true,"return_paging_info_without_counts":false})");
    CHECK(bench.request(1).effect == Request::Effect::read);
    REQUIRE(page.entities.Size() == 1);
    CHECK(json::stringify(page.entities[0]) ==
          R"({"type":"EventLogEntry","id":4044184,"meta":{"a":[1,null]},"new":7})");
    CHECK_FALSE(page.full);
    const auto expected = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + 20h + 43min + 30s;
    CHECK(page.server_time == std::chrono::sys_seconds(expected));
    CHECK(bench.client->last_server_time() == std::chrono::sys_seconds(expected));
}

TEST_CASE("a page is full when it has what was asked for, up to the site's limit", "[site][shotgrid]") {
    Bench bench({info("8,72,0", 2), page(R"({"id":1},{"id":2})"), page(R"({"id":1})")});
    CHECK(bench.client->read({.type = "Task", .limit = 500}).full);
    CHECK(json::integer(json::find(bench.sent(1), "params", 1, "paging", "entities_per_page")) == 2);
    CHECK_FALSE(bench.client->read({.type = "Task"}).full);
}

TEST_CASE("find fetches pages until the site has no more", "[site][shotgrid]") {
    Bench bench({info(), page(R"({"id":1},{"id":2})", true), page(R"({"id":3})", false)}, paged(2));
    CHECK(bench.client->find({.type = "Task"}).Size() == 3);
    CHECK(json::integer(json::find(bench.sent(2), "params", 1, "paging", "current_page")) == 2);
    CHECK(json::is_true(json::find(bench.sent(1), "params", 1, "return_paging_info_without_counts")));
}

TEST_CASE("find with a limit asks for as much and cuts the rest", "[site][shotgrid]") {
    Bench bench(
        {info(), page(R"({"id":1},{"id":2})"), page(R"({"id":1},{"id":2})", true), page(R"({"id":3},{"id":4})", true)},
        paged(2));
    CHECK(bench.client->find({.type = "Task", .limit = 2}).Size() == 2);
    CHECK(json::find(bench.sent(1), "params", 1, "return_paging_info_without_counts").IsFalse());
    CHECK(bench.client->find({.type = "Task", .limit = 3}).Size() == 3);
    CHECK(bench.requests() == 4);
}

TEST_CASE("a site before 7.4 counts instead", "[site][shotgrid]") {
    const auto counted = [](const std::string& entities) {
        return results(R"({"entities":[)" + entities + R"(],"paging_info":{"entity_count":3}})");
    };
    Bench bench({info("7,3,9"), counted(R"({"id":1},{"id":2})"), counted(R"({"id":3})")}, paged(2));
    CHECK(bench.client->find({.type = "Task"}).Size() == 3);
    CHECK(json::is_true(json::find(bench.sent(1), "params", 1, "return_paging_info")));
    CHECK(json::find(bench.sent(1), "params", 1, "return_paging_info_without_counts").IsNull());
}

TEST_CASE("find_pages stops when told, and find_one asks for one", "[site][shotgrid]") {
    Bench bench({info(), page(R"({"id":1},{"id":2})", true), page(R"({"id":9})"), page("")}, paged(2));
    int pages = 0;
    bench.client->find_pages({.type = "Task"}, [&](const foley::rapidjson::Value&) {
        ++pages;
        return false;
    });
    CHECK(pages == 1);
    CHECK(json::integer(json::member(bench.client->find_one({.type = "Task", .limit = 50}), "id")) == 9);
    CHECK(json::integer(json::find(bench.sent(2), "params", 1, "paging", "entities_per_page")) == 1);
    CHECK(bench.client->find_one({.type = "Task"}).IsNull());
}

TEST_CASE("retired entities and archived projects are asked for by name", "[site][shotgrid]") {
    Bench bench({info(), page("")});
    bench.client->find({.type = "Task", .order = {descending("content")}, .retired = true, .archived_projects = false});
    CHECK(json::text_or_empty(bench.sent(1), "params", 1, "return_only") == "retired");
    CHECK(json::find(bench.sent(1), "params", 1, "include_archived_projects").IsFalse());
    CHECK(json::text_or_empty(bench.sent(1), "params", 1, "sorts", 0, "direction") == "desc");
}

TEST_CASE("an escaped < is one again, on the first level only", "[site][shotgrid]") {
    Bench bench({info(), page(R"({"id":1,"content":"a &lt;b&lt; &amp;","meta":{"x":"&lt;"}})")});
    const auto found = bench.client->find({.type = "Task"});
    CHECK(json::text_or_empty(found, 0, "content") == "a <b< &amp;");
    CHECK(json::text_or_empty(found, 0, "meta", "x") == "&lt;");
}

TEST_CASE("a page has the text of each entity as the site sent it", "[site][shotgrid]") {
    const std::string plain =
        R"({ "id":1.50, "a":"\u00e9{\/","b":[{"c":{}},{"id":2}],"big":123456789012345678901234567890})";
    const std::string second = R"({"id":2,"meta":{"x":"&lt;"}})";
    Bench bench({info(), page(plain + " , " + second), page(R"({"id":1,"a" : "\u0026lt;"},)" + second),
                 page("{\"id\" :\r\n1}"), results(R"({"entities":[{"id": 7}],"other":[{"id":8}]})"),
                 body(R"({"entities":[{"id": 7,"user":{"id":9}}]})")});
    const auto read = [&] { return bench.client->read({.type = "Task"}); };
    const auto cut = read();
    CHECK(cut.text(0) == plain);
    CHECK(cut.text(1) == second);
    const auto escaped = read();
    CHECK(escaped.text(0) == R"({"id":1,"a":"<"})");
    CHECK(escaped.text(1) == second);
    CHECK(read().text(0) == R"({"id":1})");
    // Of an answer in an unknown form it is not known where they stand.
    CHECK(read().text(0) == R"({"id":7})");
    CHECK(read().text(0) == R"({"id":7,"user":{"id":9}})");
}

TEST_CASE("create, update, remove and revive send what the API wants", "[site][shotgrid]") {
    Bench bench({results(R"([{"type":"Note","id":9007199254740993,"subject":"Hello"}])"),
                 results(R"({"type":"Task","id":7,"sg_status_list":"ip"})"), results("true"), results("false")});
    const auto note = bench.client->create("Note", Fields().set("subject", "Hello").set("project", Link{"Project", 4}),
                                           {"id", "subject"});
    CHECK(json::integer(json::member(note, "id")) == 9'007'199'254'740'993);
    CHECK(bench.parameters(0) ==
          R"({"type":"Note","fields":[{"field_name":"subject","value":"Hello"},)"
          R"({"field_name":"project","value":{"type":"Project","id":4}}],"return_fields":["id","subject"]})");
    bench.client->update("Task", 7, Fields().set("sg_status_list", "ip").add("task_assignees", {{"HumanUser", 1}}));
    CHECK(
        bench.parameters(1) ==
        R"({"type":"Task","id":7,"fields":[{"field_name":"sg_status_list","value":"ip"},)"
        R"({"field_name":"task_assignees","value":[{"type":"HumanUser","id":1}],"multi_entity_update_mode":"add"}]})");
    CHECK(bench.client->remove("Task", 7));
    CHECK_FALSE(bench.client->revive("Task", 7));
    CHECK(bench.method(2) == "delete");
    CHECK(bench.method(3) == "revive");
    CHECK(bench.parameters(3) == R"({"type":"Task","id":7})");
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(bench.request(i).effect == Request::Effect::write);
    CHECK_THROWS_AS(bench.client->create("Note", Fields().add("note_links", {{"Shot", 1}})), ValidationError);
    CHECK_THROWS_AS(bench.client->update("Ta sk", 7, Fields()), ValidationError);
    CHECK(bench.requests() == 4);
}

TEST_CASE("a batch is one request with the results in order, and an empty one is none", "[site][shotgrid]") {
    Bench bench({results(R"([{"type":"Note","id":9},{"type":"Task","id":7},true])"), results("[true]")});
    CHECK(bench.client->send(ShotgridBatch()).Empty());
    ShotgridBatch batch;
    batch.create("Note", Fields().set("subject", "s"));
    batch.update("Task", 7, Fields().remove("task_assignees", {{"HumanUser", 1}}));
    batch.remove("Task", 8);
    const auto answer = bench.client->send(batch);
    CHECK(json::integer(json::find(answer, 0, "id")) == 9);
    CHECK(json::is_true(json::element(answer, 2)));
    CHECK(bench.method(0) == "batch");
    CHECK(
        bench.parameters(0) ==
        R"([{"request_type":"create","type":"Note","fields":[{"field_name":"subject","value":"s"}],)"
        R"("return_fields":["id"]},{"request_type":"update","type":"Task","id":7,"fields":[)"
        R"({"field_name":"task_assignees","value":[{"type":"HumanUser","id":1}],"multi_entity_update_mode":"remove"}]},)"
        R"({"request_type":"delete","type":"Task","id":8}])");
    CHECK_THROWS_AS(bench.client->send(batch), NotJsonError);  // one result for three writes
}

TEST_CASE("the schema is read per type, per field and as a whole", "[site][shotgrid]") {
    Bench bench({results(R"({"sg_status_list":{"properties":{"valid_values":{"value":["wtg","ip"]}}}})"), results("{}"),
                 results(R"({"Task":{}})")});
    const auto schema = bench.client->schema_field_read("Task", "sg_status_list");
    CHECK(json::find(schema, "sg_status_list", "properties", "valid_values", "value").Size() == 2);
    bench.client->schema_field_read("Task");
    bench.client->schema_entity_read();
    CHECK(bench.parameters(0) == R"({"type":"Task","field_name":"sg_status_list"})");
    CHECK(bench.parameters(1) == R"({"type":"Task"})");
    CHECK(json::find(bench.sent(2), "params").Size() == 1);
}

TEST_CASE("any method can be called", "[site][shotgrid]") {
    Bench bench({results(R"({"summaries":{"id":5},"groups":[]})"), body(R"({"plain":1})")});
    const auto answer = bench.client->call("summarize", json::parse(R"({"type":"Task"})"), Request::Effect::read);
    CHECK(json::integer(json::find(answer, "summaries", "id")) == 5);
    // A site that wraps nothing.
    CHECK(json::integer(json::member(bench.client->call("x", {}, Request::Effect::read), "plain")) == 1);
}

TEST_CASE("the session of the event at hand travels with every call until it is taken back", "[site][shotgrid]") {
    Bench bench({results("true"), results("true")});
    bench.client->set_session("0f0c1f7e-11aa-11ee-8c33-0242ac110004");
    bench.client->remove("Task", 7);
    bench.client->set_session("");
    bench.client->remove("Task", 7);
    CHECK(bench.credentials(0) ==
          R"({"script_name":"daemon","script_key":"key-1","session_uuid":"0f0c1f7e-11aa-11ee-8c33-0242ac110004"})");
    CHECK(bench.credentials(1) == R"({"script_name":"daemon","script_key":"key-1"})");
}

TEST_CASE("a person or a session can log in, and a script can act for a person", "[site][shotgrid]") {
    auto to = connection();
    to.options["login"] = "person";
    to.options["sudo_as_login"] = "jane";
    Bench person({results("true")}, {}, to);
    person.client->remove("Task", 7);
    CHECK(person.credentials(0) == R"({"user_login":"daemon","user_password":"key-1","sudo_as_login":"jane"})");

    to.options.clear();
    to.user.clear();
    ShotgridOptions options;
    options.login = ShotgridOptions::Login::session;
    Bench session({info(), results("true")}, options, to);
    session.client->remove("Task", 7);
    CHECK(session.credentials(1) == R"({"session_token":"key-1","reject_if_expired":true})");

    to.options["login"] = "magic";
    CHECK_THROWS_WITH(Bench({}, {}, to), Catch::Contains("script, person or session"));
}

TEST_CASE("the endpoint follows from the url as the vendor's client has it", "[site][shotgrid]") {
    CHECK(endpoint("https://studio.example.com") == "https://studio.example.com/api3/json");
    CHECK(endpoint("HTTPS://Studio.example.com:8443/") == "https://Studio.example.com:8443/api3/json");
    CHECK(endpoint("https://host/Sub/") == "https://host/sub/api3/json");
    CHECK(endpoint("https://host/sub") == "https://host/api3/json");
    for (const char* wrong :
         {"", "studio.example.com", "ftp://host", "https://", "https://host/?a", "https://ho st", "https://user@"}) {
        auto to = connection();
        to.url = wrong;
        CHECK_THROWS_AS(Bench({}, {}, to), ValidationError);
    }
}

TEST_CASE("user info in the url becomes a header and is not shown", "[site][shotgrid]") {
    auto to = connection();
    to.url = "https://proxy%20user:p@ss@host:8443/";
    Bench bench({body("no", 500)}, {}, to);
    CHECK(bench.client->url() == "https://host:8443");
    CHECK_THROWS_WITH(bench.client->info(), Catch::Contains("https://host:8443") && !Catch::Contains("p@ss"));
    CHECK(bench.request(0).url == "https://host:8443/api3/json");
    CHECK(find_header(bench.request(0).headers, "Authorization") == "Basic cHJveHkgdXNlcjpwQHNz");
}

TEST_CASE("user and secret are needed, but for a session", "[site][shotgrid]") {
    auto to = connection();
    to.user.clear();
    CHECK_THROWS_AS(Bench({}, {}, to), ValidationError);
    to = connection();
    to.secret = foley::Secret("");
    CHECK_THROWS_AS(Bench({}, {}, to), ValidationError);
}

TEST_CASE("in a dry run reads pass, and writes answer what was to be written", "[site][shotgrid]") {
    std::vector<std::string> refused;
    auto fake = std::make_unique<FakeTransport>([](const Request& request) {
        return request.body.find("\"info\"") != std::string::npos ? info()(request) : page(R"({"id":1})")(request);
    });
    Shotgrid client(connection(), std::make_unique<Refuser>(std::move(fake), [&](const Request& request) {
                        refused.push_back(request.what);
                    }));
    CHECK(client.find({.type = "Task"}).Size() == 1);
    const auto note = client.create("Note", Fields().set("subject", "Hello"));
    CHECK(json::stringify(note) == R"({"type":"Note","id":0,"subject":"Hello"})");
    CHECK(json::text_or_empty(client.update("Task", 7, Fields().set("content", "x")), "content") == "x");
    CHECK(client.remove("Task", 7));
    ShotgridBatch batch;
    batch.update("Task", 7, Fields());
    batch.remove("Task", 8);
    CHECK(client.send(batch).Size() == 2);
    CHECK(client.call("schema_field_create", json::parse(R"({"type":"Shot"})"), Request::Effect::write).IsNull());
    CHECK(refused == std::vector<std::string>{"create Note", "update Task 7", "remove Task 7", "batch of 2 writes",
                                              "schema_field_create"});
}
