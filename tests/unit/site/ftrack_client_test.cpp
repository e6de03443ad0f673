// The ftrack client over a fake transport: what it sends, what it makes of the answers, what it repeats.
#include <foley/abi.h>
#include <foley/site/ftrack.hpp>

#include <catch2/catch.hpp>

#include <deque>

using namespace foley::site;
using namespace std::chrono_literals;
namespace json = foley::json;

namespace {

foley::SiteConnection connection() {
    foley::SiteConnection out;
    out.name = "studio";
    out.kind = "ftrack";
    out.url = "https://studio.example.com/";
    out.user = "robot@example.com";
    out.secret = foley::Secret("key-1");
    return out;
}

// A client whose transport answers from a list; each answer may throw.
struct Bench {
    explicit Bench(std::deque<FakeTransport::Answer> list) : answers(std::move(list)) {
        auto fake = std::make_unique<FakeTransport>([this](const Request& request) {
            if (answers.empty()) throw std::logic_error("no answer left for " + request.body);
            const auto next = answers.front();
            answers.pop_front();
            return next(request);
        });
        transport = fake.get();
        FtrackOptions options;
        options.wait = [this](std::chrono::milliseconds delay) {
            waits.push_back(delay);
            return true;
        };
        options.log = [this](int, const std::string& text) { log.push_back(text); };
        client.emplace(connection(), std::move(fake), options);
    }

    std::string expression(std::size_t request) const {
        return std::string(json::text_or_empty(json::parse(transport->requests().at(request).body), 0, "expression"));
    }

    std::deque<FakeTransport::Answer> answers;
    FakeTransport* transport = nullptr;
    std::vector<std::chrono::milliseconds> waits;
    std::vector<std::string> log;
    std::optional<Ftrack> client;
};

FakeTransport::Answer body(const std::string& text, int status = 200, Headers headers = {}) {
    return [=](const Request&) { return Response{status, headers, text}; };
}
FakeTransport::Answer page(const std::string& entities, const std::string& next = "null") {
    return body(R"([{"action":"query","data":[)" + entities + R"(],"metadata":{"next":{"offset":)" + next + "}}}]");
}
template <typename Error>
FakeTransport::Answer failure(Error error) {
    return [=](const Request&) -> Response { throw error; };
}

}  // namespace

TEST_CASE("a request carries credentials in its headers and nowhere else", "[site][ftrack]") {
    Bench bench({page("")});
    bench.client->query("select id from Task");
    const auto& request = bench.transport->requests().at(0);
    CHECK(request.method == "POST");
    CHECK(request.url == "https://studio.example.com/api");
    CHECK(find_header(request.headers, "FTRACK-USER") == "robot@example.com");
    CHECK(find_header(request.headers, "ftrack-api-key") == "key-1");
    CHECK(find_header(request.headers, "ftrack-strict-api") == "true");
    CHECK(find_header(request.headers, "ftrack-api-options") == "strict:1;denormalize:1");
    CHECK(request.effect == Request::Effect::read);
    CHECK(request.body.find("key-1") == std::string::npos);
    CHECK(bench.expression(0) == "select id from Task offset 0 limit 500");
}

TEST_CASE("a query follows the offsets that the server names", "[site][ftrack]") {
    Bench bench({page(R"({"__entity_type__":"Task","id":"a"})", "500"),
                 page(R"({"__entity_type__":"Task","id":"b"})", "1000"), page("")});
    const auto tasks = bench.client->query("select id from Task");
    REQUIRE(tasks.Size() == 2);
    CHECK(json::text_or_empty(tasks, 1, "id") == "b");
    CHECK(bench.expression(1) == "select id from Task offset 500 limit 500");
    CHECK(bench.expression(2) == "select id from Task offset 1000 limit 500");
}

TEST_CASE("a query without metadata ends with the first page that is not full", "[site][ftrack]") {
    std::string full;
    for (int i = 0; i < 500; ++i)
        full += (i == 0 ? "" : ",") + std::string(R"({"__entity_type__":"Task","id":")") + std::to_string(i) + R"("})";
    Bench bench({body(R"([{"action":"query","data":[)" + full + "]}]"), body(R"([{"action":"query","data":[]}])")});
    CHECK(bench.client->query("select id from Task").Size() == 500);
    CHECK(bench.transport->requests().size() == 2);
}

TEST_CASE("an offset that does not move on ends the query", "[site][ftrack]") {
    Bench bench({page(R"({"__entity_type__":"Task","id":"a"})", "0")});
    CHECK(bench.client->query("select id from Task").Size() == 1);
}

TEST_CASE("an expression with its own limit is sent once, as it is", "[site][ftrack]") {
    Bench bench({page(R"({"__entity_type__":"Task","id":"a"})", "1")});
    CHECK(bench.client->query("select id from Task where name is \"limit 5\" LIMIT 1 ").Size() == 1);
    CHECK(bench.expression(0) == "select id from Task where name is \"limit 5\" LIMIT 1 ");
}

TEST_CASE("a limit inside quotes is not the query's own", "[site][ftrack]") {
    Bench bench({page("")});
    bench.client->query("select id from Task where name is \"limit 5\"");
    CHECK(bench.expression(0) == "select id from Task where name is \"limit 5\" offset 0 limit 500");
}

TEST_CASE("the first entity is asked for alone, and none is null", "[site][ftrack]") {
    Bench bench({page(R"({"__entity_type__":"Task","id":"a"})"), page("")});
    CHECK(json::text_or_empty(bench.client->query_first("select id from Task"), "id") == "a");
    CHECK(bench.client->query_first("select id from Task").IsNull());
    CHECK(bench.expression(0) == "select id from Task limit 1");
}

TEST_CASE("an entity that is reduced to its key is filled from where it stands in full", "[site][ftrack]") {
    Bench bench(
        {page(R"({"__entity_type__":"Task","id":"t1","project":{"__entity_type__":"Project","id":"p","name":"demo"}},)"
              R"({"__entity_type__":"Task","id":"t2","project":{"__entity_type__":"Project","id":"p"}})")});
    const auto tasks = bench.client->query("select project.name from Task");
    CHECK(json::text_or_empty(tasks, 1, "project", "name") == "demo");
}

TEST_CASE("entities that contain each other are filled once and not forever", "[site][ftrack]") {
    Bench bench(
        {page(R"({"__entity_type__":"Shot","id":"s","name":"SH","children":[)"
              R"({"__entity_type__":"Task","id":"t","name":"comp","parent":{"__entity_type__":"Shot","id":"s"}}]},)"
              R"({"__entity_type__":"Task","id":"t"})")});
    const auto rows = bench.client->query("select x from TypedContext");
    CHECK(json::text_or_empty(rows, 1, "name") == "comp");
    CHECK(json::text_or_empty(rows, 1, "parent", "name") == "SH");
}

TEST_CASE("an error object is an error of its kind, with the site's words", "[site][ftrack]") {
    const auto send = [](const std::string& exception, int status) {
        Bench bench({body(R"({"exception":")" + exception + R"(","content":"because","error_code":null})", status)});
        bench.client->query("select id from Task");
    };
    CHECK_THROWS_AS(send("InvalidCredentialsError", 200), AuthenticationError);
    CHECK_THROWS_AS(send("InvalidCredentialsError", 401), AuthenticationError);
    CHECK_THROWS_AS(send("PermissionError", 403), PermissionError);
    CHECK_THROWS_AS(send("FTAuthenticationError", 200), PermissionError);
    CHECK_THROWS_AS(send("ValidationError", 400), ValidationError);
    CHECK_THROWS_AS(send("SomethingElse", 500), ServerError);
    CHECK_THROWS_WITH(send("ValidationError", 400), Catch::Contains("because") && !Catch::Contains("key-1"));
}

TEST_CASE("an error object with a status of 5xx is a site that is away, not a refusal", "[site][ftrack]") {
    const auto transient = [](const std::string& exception, int status) {
        Bench bench({body(R"({"exception":")" + exception + R"(","content":"because"})", status)});
        try {
            bench.client->update("Task", std::string("t"), json::parse(R"({"name":"x"})"));
        } catch (const ServerError& error) {
            CHECK(error.status() == status);
            CHECK(bench.waits.empty());
            return error.transient();
        }
        throw std::logic_error("no ServerError");
    };
    CHECK(transient("OperationalError", 500));
    CHECK(transient("OperationalError", 503));
    CHECK_FALSE(transient("OperationalError", 200));
    CHECK_FALSE(transient("IntegrityError", 400));
}

TEST_CASE("what is not JSON is kept in part", "[site][ftrack]") {
    Bench bench({body("<html>" + std::string(1000, 'x'))});
    try {
        bench.client->query("select id from Task");
        FAIL("no error");
    } catch (const NotJsonError& error) {
        CHECK(error.head().size() == 200);
        CHECK(error.transient());
    }
}

TEST_CASE("JSON of another form than the API's is not taken for an answer", "[site][ftrack]") {
    for (const char* text : {"[]", "{}", "[1]", "[{}]", R"([{"action":"query","data":5}])", "null", "[[],[]]"}) {
        CAPTURE(text);
        Bench bench({body(text)});
        CHECK_THROWS_AS(bench.client->query("select id from Task"), NotJsonError);
    }
}

TEST_CASE("a query is repeated with growing delays while the site is away", "[site][ftrack]") {
    Bench bench({failure(ConnectionError("gone", Reached::maybe)), body("busy", 503), body("bad gateway", 502),
                 page(R"({"__entity_type__":"Task","id":"a"})")});
    CHECK(bench.client->query("select id from Task").Size() == 1);
    REQUIRE(bench.waits.size() == 3);
    CHECK(bench.waits[0] >= 100ms);
    CHECK(bench.waits[0] <= 200ms);
    CHECK(bench.waits[2] >= 400ms);
    CHECK(bench.log.size() == 3);
}

TEST_CASE("a server that names a time to wait is given it", "[site][ftrack]") {
    Bench bench({body("slow down", 429, {{"Retry-After", "7"}}), page("")});
    bench.client->query("select id from Task");
    CHECK(bench.waits.at(0) == 7s);
}

TEST_CASE("an error that repeating cannot mend is not repeated", "[site][ftrack]") {
    for (const int status : {400, 404, 500}) {
        Bench bench({body("no", status)});
        CHECK_THROWS_AS(bench.client->query("select id from Task"), StatusError);
    }
}

TEST_CASE("after the last attempt the error is thrown", "[site][ftrack]") {
    std::deque<FakeTransport::Answer> answers(5, failure(TimeoutError("late", Reached::maybe)));
    Bench bench(std::move(answers));
    CHECK_THROWS_AS(bench.client->query("select id from Task"), TimeoutError);
    CHECK(bench.transport->requests().size() == 5);
}

TEST_CASE("an update is repeated only when it certainly did not arrive", "[site][ftrack]") {
    const auto attributes = json::parse(R"({"name":"x"})");
    {
        Bench bench(
            {failure(ConnectionError("refused", Reached::no)), body(R"([{"action":"update","data":{"id":"t"}}])")});
        CHECK(json::text_or_empty(bench.client->update("Task", std::string("t"), attributes), "id") == "t");
    }
    {
        Bench bench({failure(ConnectionError("lost", Reached::maybe))});
        CHECK_THROWS_AS(bench.client->update("Task", std::string("t"), attributes), ConnectionError);
        CHECK(bench.transport->requests().size() == 1);
    }
    {
        Bench bench({body("busy", 503)});
        CHECK_THROWS_AS(bench.client->update("Task", std::string("t"), attributes), StatusError);
    }
}

TEST_CASE("a create whose answer was lost is found and said", "[site][ftrack]") {
    const int status = GENERATE(400, 500);
    Bench bench({failure(ConnectionError("lost", Reached::maybe)),
                 body(R"({"exception":"IntegrityError","content":"exists"})", status),
                 page(R"({"__entity_type__":"Note","id":"n-1"})")});
    const auto note = bench.client->create("Note", json::parse(R"({"id":"n-1","content":"hi"})"));
    CHECK(json::text_or_empty(note, "id") == "n-1");
    CHECK(json::text_or_empty(note, "content") == "hi");
    CHECK(bench.log.back().find("it is there") != std::string::npos);
    CHECK(bench.expression(2) == "select id from Note where id is \"n-1\" limit 1");
}

TEST_CASE("a create that is refused and is not there is an error", "[site][ftrack]") {
    Bench bench({failure(ConnectionError("lost", Reached::maybe)),
                 body(R"({"exception":"ValidationError","content":"no content"})", 400), page("")});
    CHECK_THROWS_AS(bench.client->create("Note", json::parse("{}")), ValidationError);
}

TEST_CASE("a create makes the id and sends it in both places", "[site][ftrack]") {
    Bench bench({[](const Request& request) {
        const auto sent = json::parse(request.body);
        return Response{
            200, {}, R"([{"action":"create","data":)" + json::stringify(json::find(sent, 0, "entity_data")) + "}]"};
    }});
    const auto note = bench.client->create("Note", json::parse(R"({"content":"hi"})"));
    const auto sent = json::parse(bench.transport->requests().at(0).body);
    const auto id = json::text_or_empty(note, "id");
    CHECK(id.size() == 36);
    CHECK(json::text_or_empty(sent, 0, "entity_key", 0) == id);
    CHECK(json::text_or_empty(sent, 0, "entity_data", "__entity_type__") == "Note");
    CHECK(bench.transport->requests().at(0).effect == Request::Effect::write);
}

TEST_CASE("a batch is one request, its results in order", "[site][ftrack]") {
    Bench bench(
        {body(R"([{"action":"query","data":[{"__entity_type__":"Task","id":"a"}],"metadata":{"next":{"offset":null}}},)"
              R"({"action":"update","data":{"id":"t"}},{"action":"delete","data":true}])")});
    FtrackBatch batch;
    batch.query("select id from Task limit 1");
    batch.update("Task", std::string("t"), json::parse(R"({"name":"x"})"));
    batch.remove("Note", std::string("n"));
    const auto results = bench.client->send(batch);
    REQUIRE(results.Size() == 3);
    CHECK(json::text_or_empty(results, 0, 0, "id") == "a");
    CHECK(json::text_or_empty(results, 1, "id") == "t");
    CHECK(results[2].IsTrue());
    CHECK(bench.transport->requests().size() == 1);
}

TEST_CASE("an empty batch is not sent", "[site][ftrack]") {
    Bench bench({});
    CHECK(bench.client->send(FtrackBatch()).Empty());
}

TEST_CASE("texts that the caller borrowed may be gone when a batch is sent", "[site][ftrack]") {
    Bench bench({body(R"([{"action":"create","data":{"id":"n"}}])")});
    FtrackBatch batch;
    {
        std::string text(100, 'x');
        json::Document attributes(foley::rapidjson::kObjectType);
        attributes.AddMember("content", json::borrow(text), attributes.GetAllocator());
        batch.create("Note", attributes);
        std::fill(text.begin(), text.end(), '?');
    }
    bench.client->send(batch);
    CHECK(bench.transport->requests().at(0).body.find(std::string(100, 'x')) != std::string::npos);
}

TEST_CASE("in a dry run reads pass and writes are answered without being sent", "[site][ftrack]") {
    std::vector<std::string> refused;
    auto fake = std::make_unique<FakeTransport>(page(R"({"__entity_type__":"Task","id":"a"})"));
    auto* inner = fake.get();
    Ftrack client(connection(), std::make_unique<Refuser>(
                                    std::move(fake), [&](const Request& request) { refused.push_back(request.what); }));
    CHECK(client.query("select id from Task").Size() == 1);
    CHECK(json::text_or_empty(client.update("Task", std::string("t-1"), json::parse(R"({"name":"x"})")), "id") ==
          "t-1");
    client.remove("Task", std::string("t-1"));
    CHECK(client.create("Note", json::parse("{}")).HasMember("id"));
    CHECK(inner->requests().size() == 1);
    REQUIRE(refused.size() == 3);
    CHECK(refused[0] == "update Task t-1");
    CHECK(refused[1] == "delete Task t-1");
}

TEST_CASE("the storage scenario is read, decoded or not", "[site][ftrack]") {
    const std::string scenario =
        R"({"scenario":"ftrack.centralized-storage","data":{"location_id":"loc","location_name":"central",)"
        R"("accessor":{"mount_points":{"linux":"/mnt/hs","osx":"","windows":"Z:\\hs"}}}})";
    Bench bench({body(R"([{"version":"25.1.0","schema_hash":"x","storage_scenario":)" + scenario + "}]"),
                 body(R"([{"storage_scenario":)" + json::quote(scenario) + "}]"),
                 body(R"([{"storage_scenario":null}])")});
    for (int i = 0; i < 2; ++i) {
        const auto storage = bench.client->storage();
        CHECK(storage.centralized());
        CHECK(storage.location_id == "loc");
        CHECK(storage.mount_linux == "/mnt/hs");
        CHECK(storage.mount_windows == "Z:\\hs");
    }
    CHECK_FALSE(bench.client->storage().centralized());
}

TEST_CASE("a connection that cannot work is refused before anything is sent", "[site][ftrack]") {
    const auto make = [](const std::string& url, const std::string& user, const std::string& key) {
        auto wrong = connection();
        wrong.url = url;
        wrong.user = user;
        wrong.secret = foley::Secret(key);
        Ftrack client(wrong);
    };
    CHECK_THROWS_AS(make("studio.example.com", "u", "k"), ValidationError);
    CHECK_THROWS_AS(make("https://", "u", "k"), ValidationError);
    CHECK_THROWS_AS(make("https://u:p@studio.example.com", "u", "k"), ValidationError);
    CHECK_THROWS_AS(make("https://studio.example.com", "", "k"), ValidationError);
    CHECK_THROWS_AS(make("https://studio.example.com", "u", ""), ValidationError);
    CHECK_THROWS_AS(make("https://studio.example.com", "u", "k\r\nX-Evil: 1"), ValidationError);
    CHECK_NOTHROW(make("https://studio.example.com/", "u", "k"));
}
