// The ShotGrid client over a fake transport: what goes wrong, what is repeated, and what never is.
#include "shotgrid_bench.hpp"

using namespace foley::site;
using namespace foley::site::shotgrid;
using namespace shotgrid_bench;
using namespace std::chrono_literals;
namespace json = foley::json;

namespace {

template <typename Error>
Error error_of(Bench& bench) {
    try {
        bench.client->schema_entity_read();
    } catch (const Error& error) {
        return error;
    }
    throw std::runtime_error("no such error");
}

}  // namespace

TEST_CASE("each fault code is an error of its kind", "[site][shotgrid]") {
    Bench bench({fault(102, "Can't authenticate script 'daemon'"), fault(106, "2fa"), fault(108, "sso"),
                 fault(110, "identity"), fault(103, "API read() Shot.sg_nope doesn't exist."),
                 fault(104, "not permitted by rule x"), fault(104, "Entity does not exist"), fault(999, "odd"),
                 body(R"({"exception":true})")});
    const auto authentication = error_of<AuthenticationError>(bench);
    CHECK_THAT(authentication.what(), Catch::Contains("Can't authenticate script 'daemon'"));
    CHECK_FALSE(authentication.transient());
    for (int i = 0; i < 3; ++i)
        error_of<AuthenticationError>(bench);
    CHECK_THAT(error_of<ValidationError>(bench).what(), Catch::Contains("Shot.sg_nope doesn't exist. (error 103)"));
    error_of<PermissionError>(bench);
    CHECK(error_of<ServerError>(bench).exception() == "104");
    CHECK(error_of<ServerError>(bench).exception() == "999");
    CHECK_THAT(error_of<ServerError>(bench).what(), Catch::Contains("the site reports a fault"));
    CHECK(bench.requests() == 9);  // none was repeated
}

TEST_CASE("what is not the API's answer is an error that shows its head", "[site][shotgrid]") {
    Bench bench({body("<html>Sign\nin</html>", 200, {{"Content-Type", "text/html"}}), body(R"({"results":{"ent)"),
                 body("[]", 200, {{"Content-Type", "text/javascript"}}),
                 body(R"({"results":[]})", 200, {{"Content-Type", "text/html"}})});
    CHECK_THAT(error_of<NotJsonError>(bench).what(), Catch::Contains("<html>Sign in</html>"));
    error_of<NotJsonError>(bench);
    error_of<NotJsonError>(bench);
    CHECK(error_of<NotJsonError>(bench).transient());
    CHECK(bench.requests() == 4);
}

TEST_CASE("an HTTP status that says no is an error of its kind", "[site][shotgrid]") {
    Bench bench({body("<html>API access is blocked for your address</html>", 403, {{"Content-Type", "text/html"}}),
                 body("", 401), body("", 302), body("gone", 500), body("", 503, {{"Retry-After", "30"}}),
                 body(R"({"exception":true,"error_code":102,"message":"no"})", 400)});
    CHECK_THAT(error_of<PermissionError>(bench).what(), Catch::Contains("API access is blocked"));
    error_of<AuthenticationError>(bench);
    CHECK_FALSE(error_of<StatusError>(bench).transient());
    CHECK(error_of<StatusError>(bench).status() == 500);
    const auto maintenance = error_of<StatusError>(bench);
    CHECK(maintenance.transient());
    CHECK(maintenance.retry_after() == 30s);
    CHECK_THAT(maintenance.what(), Catch::Contains("down for maintenance"));
    error_of<AuthenticationError>(bench);
    CHECK(bench.requests() == 6);
}

TEST_CASE("a read is repeated after what passes, with growing waits", "[site][shotgrid]") {
    Bench bench({body("", 502), body("", 504), results("{}")});
    bench.client->schema_entity_read();
    REQUIRE(bench.waits.size() == 2);
    CHECK(bench.waits[0] >= 375ms);
    CHECK(bench.waits[0] <= 750ms);
    CHECK(bench.waits[1] >= 750ms);
    CHECK(bench.waits[1] <= 1500ms);
    CHECK(bench.log.size() == 2);

    Bench lost({failure(ConnectionError("lost", Reached::maybe)), failure(TimeoutError("late", Reached::maybe)),
                results("{}")});
    CHECK_NOTHROW(lost.client->schema_entity_read());
    Bench gone({body("", 502), body("", 502), body("", 502), results("{}")});
    CHECK_THROWS_AS(gone.client->schema_entity_read(), StatusError);
    CHECK(gone.requests() == 3);
}

TEST_CASE("a write is repeated only when the site cannot have it", "[site][shotgrid]") {
    Bench bench({failure(ConnectionError("refused", Reached::no)), body("", 429), results("true")});
    CHECK(bench.client->remove("Task", 7));
    CHECK(bench.requests() == 3);
}

TEST_CASE("a write that may have been carried out is never sent again", "[site][shotgrid]") {
    const std::vector<FakeTransport::Answer> uncertain{failure(TimeoutError("late", Reached::maybe)),
                                                       failure(ConnectionError("cut", Reached::maybe)), body("", 502),
                                                       body("", 503), body("", 504)};
    for (const auto& answer : uncertain) {
        const std::vector<std::function<void(Shotgrid&)>> writes{
            [](Shotgrid& client) { client.create("Note", Fields().set("subject", "s")); },
            [](Shotgrid& client) { client.update("Task", 7, Fields().set("content", "c")); },
            [](Shotgrid& client) { client.remove("Task", 7); },
            [](Shotgrid& client) { client.revive("Task", 7); },
            [](Shotgrid& client) {
                ShotgridBatch batch;
                batch.remove("Task", 7);
                client.send(batch);
            },
            [](Shotgrid& client) { client.call("schema_field_create", {}, Request::Effect::write); }};
        for (const auto& write : writes) {
            Bench bench({answer, results("true")});
            CHECK_THROWS_AS(write(*bench.client), foley::SiteError);
            CHECK(bench.requests() == 1);
        }
    }
}

TEST_CASE("one attempt is one attempt, and a wait that says no ends the waiting", "[site][shotgrid]") {
    ShotgridOptions once;
    once.attempts = 1;
    Bench bench({body("", 502)}, once);
    CHECK_THROWS_AS(bench.client->schema_entity_read(), StatusError);

    ShotgridOptions stopping;
    stopping.wait = [](std::chrono::milliseconds) { return false; };
    Shotgrid client(connection(), std::make_unique<FakeTransport>(body("", 502)), stopping);
    CHECK_THROWS_AS(client.schema_entity_read(), StatusError);
}

TEST_CASE("an answer of the wrong form is not taken for one", "[site][shotgrid]") {
    Bench bench({info(), results(R"({"unexpected":1})"), results("[]"), results("7"), results("[]")});
    CHECK_THROWS_AS(bench.client->find({.type = "Task"}), NotJsonError);
    CHECK_THROWS_AS(bench.client->create("Note", Fields()), NotJsonError);
    CHECK_THROWS_AS(bench.client->remove("Note", 1), NotJsonError);
    CHECK_THROWS_AS(bench.client->schema_field_read("Task"), NotJsonError);
}

TEST_CASE("the site's clock is that of its own answers, faults among them", "[site][shotgrid]") {
    const auto dated = [](const std::string& text, int status, const std::string& date) {
        return body(text, status, {{"Date", date}});
    };
    Bench bench({dated(R"({"results":{}})", 200, "Thu, 01 Jan 1970 00:00:10 GMT"),
                 dated("<html>", 500, "Thu, 01 Jan 1970 00:00:20 GMT"),
                 dated(R"({"exception":true,"error_code":104})", 200, "Thu, 01 Jan 1970 00:00:30 GMT"),
                 dated(R"({"results":{}})", 200, "Thursday, 01-Jan-70 00:00:40 GMT")});
    const auto clock = [&]() -> std::optional<long> {
        try {
            bench.client->schema_entity_read();
        } catch (const foley::SiteError&) {
            // Only the clock matters here.
        }
        const auto time = bench.client->last_server_time();
        return time ? std::optional(static_cast<long>(time->time_since_epoch().count())) : std::nullopt;
    };
    CHECK_FALSE(bench.client->last_server_time());
    CHECK(clock() == 10);
    CHECK(clock() == 10);
    CHECK(clock() == 30);
    CHECK_FALSE(clock());
}

TEST_CASE("no error and no log line shows the key", "[site][shotgrid]") {
    Bench bench({body("", 502), fault(102, "no"), body("x"), body("", 500)});
    for (int i = 0; i < 3; ++i) {
        try {
            bench.client->schema_entity_read();
        } catch (const foley::SiteError& error) {
            bench.log.emplace_back(error.what());
        }
    }
    REQUIRE(bench.log.size() == 4);
    for (const auto& line : bench.log)
        CHECK_THAT(line, !Catch::Contains("key-1"));
}
