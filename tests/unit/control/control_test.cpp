// The control interface over a real Unix socket, with a real engine and journal and no plugins. What it does to plugins
// is tested with real ones in tests/integration.
#include "core/control/control_routes.hpp"
#include "core/http/client.hpp"
#include "core/http/server.hpp"
#include "core/journal/sqlite/sqlite_journal.hpp"

#include <foley/json.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

using namespace foley::core;
namespace json = foley::json;

namespace {

class Nobody final : public EngineListener {
public:
    void on_engine_log(int /*level*/, const std::string& /*text*/) override {}
    void on_plugin_log(const std::string& /*plugin*/, int /*level*/, const std::string& /*text*/,
                       Sequence /*event*/) override {}
    void on_plugin_output(const std::string& /*plugin*/, bool /*is_stderr*/, const std::string& /*line*/) override {}
    void on_plugin_state(const PluginStatus& /*status*/) override {}
    void on_crash(const CrashReport& /*report*/) override {}
};

// An engine on a thread of its own, which here spawns nothing.
class Running {
public:
    Running() : folder_(make_folder()) {
        std::promise<void> ready;
        thread_ = std::thread([this, &ready] { run(ready); });
        ready.get_future().get();
        client_.emplace(folder_ / "control.sock");
    }
    ~Running() {
        client_.reset();
        boost::asio::post(io_, [this] { engine_->shut_down([this] { io_.stop(); }); });
        thread_.join();
        std::filesystem::remove_all(folder_);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    HttpResponse get(const std::string& target) { return client_->request("GET", target); }
    HttpResponse post(const std::string& target, const std::string& body = {}) {
        return client_->request("POST", target, body);
    }
    json::Document read(const std::string& target) {
        const HttpResponse response = get(target);
        INFO(response.body);
        REQUIRE(response.status == 200);
        return json::parse(response.body);
    }
    const std::vector<std::string>& log() const { return log_; }
    std::string reload_error;

private:
    static std::filesystem::path make_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-control-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        return pattern;
    }

    void run(std::promise<void>& ready) {
        SqliteJournalOptions options;
        options.file = folder_ / "journal.sqlite";
        const auto journal = open_sqlite_journal(options);
        EngineOptions engine_options;
        engine_options.state_directory = folder_;
        engine_.emplace(io_, *journal, clock_, engine_options, nobody_);
        ControlContext context{*engine_, clock_, "0.0.0",
                               [this](int, const std::string& text) { log_.push_back(text); },
                               [this](const auto& done) { done(reload_error); }};
        HttpServer server(io_, make_control_routes(std::move(context)));
        server.listen({folder_ / "control.sock", 0600, ""});
        engine_->start();
        ready.set_value();
        io_.run();
        server.stop();
        engine_.reset();
        journal->close();
    }

    std::filesystem::path folder_;
    boost::asio::io_context io_;
    SystemClock clock_;
    Nobody nobody_;
    std::vector<std::string> log_;
    std::optional<Engine> engine_;
    std::optional<HttpClient> client_;
    std::thread thread_;
};

}  // namespace

TEST_CASE("the status tells of the journal and of the process", "[control]") {
    Running running;
    const json::Document status = running.read("/v1/status");
    CHECK(json::text_or_empty(status, "version") == "0.0.0");
    CHECK(json::integer(json::find(status, "journal", "head")) == 0);
    CHECK(json::text_or_empty(status, "journal", "problem").empty());
    CHECK(json::find(running.read("/v1/plugins"), "plugins").IsArray());
    CHECK(json::find(running.read("/v1/sources"), "sources").IsArray());
}

TEST_CASE("emitted lines become events, kept as they are written", "[control]") {
    Running running;
    const HttpResponse answer = running.post("/v1/events?source=studio&shape=plain",
                                             "{\"id\":\"a\", \"type\":\"x\",\"n\":1.50}\n\n{\"id\":\"b\"}\n");
    CHECK(answer.body == R"({"appended":2,"duplicates":0,"head":2})");
    CHECK(running.post("/v1/events?source=studio", R"({"id":"a"})").body ==
          R"({"appended":0,"duplicates":1,"head":2})");
    CHECK(running.get("/v1/events/1").body.find(R"("payload":{"id":"a", "type":"x","n":1.50})") != std::string::npos);
    CHECK(running.get("/v1/events/3").status == 404);

    const json::Document events = running.read("/v1/events?after=1");
    CHECK(json::find(events, "events").Size() == 1);
    CHECK(json::text_or_empty(events, "events", 0, "id") == "b");
    CHECK(json::find(events, "events", 0, "payload").IsNull());
    CHECK(json::text_or_empty(running.read("/v1/events?tail=1&limit=1"), "events", 0, "id") == "b");
    CHECK(json::find(running.read("/v1/events?payload=1"), "events", 0, "payload").IsObject());
}

TEST_CASE("an event without an id gets one, so that it is not taken for another", "[control]") {
    Running running;
    running.post("/v1/events", "{\"a\":1}\n{\"a\":1}\n");
    const json::Document events = running.read("/v1/events");
    REQUIRE(json::find(events, "events").Size() == 2);
    CHECK(json::text_or_empty(events, "events", 0, "id").starts_with("emit-"));
    CHECK(json::text_or_empty(events, "events", 0, "id") != json::text_or_empty(events, "events", 1, "id"));
}

TEST_CASE("a line that is no event refuses the whole request and names the line", "[control]") {
    Running running;
    const HttpResponse answer = running.post("/v1/events", "{\"id\":\"a\"}\n[1]\n");
    CHECK(answer.status == 400);
    CHECK(answer.body.find("line 2: ") != std::string::npos);
    CHECK(running.post("/v1/events", "\n").status == 400);
    CHECK(running.post("/v1/events?shape=round", "{}").body ==
          R"({"error":"shape: expected plain, ftrack, shotgrid or ayon, found 'round'"})");
    CHECK(json::integer(json::find(running.read("/v1/status"), "journal", "head")) == 0);
}

TEST_CASE("what makes no sense is a 400 with a sentence", "[control]") {
    Running running;
    CHECK(running.get("/v1/events?after=x").body == R"({"error":"after: expected a number, found 'x'"})");
    CHECK(running.get("/v1/events/x").status == 400);
    CHECK(running.post("/v1/plugins/a/enable", R"({"skip":true})").body ==
          R"({"error":"the body has an unknown member skip"})");
    CHECK(running.post("/v1/plugins/a/pause", "[]").status == 400);
    for (const char* body : {"{}", R"({"to":"nowhere"})", R"({"to":"latest","after":1})", R"({"source":"a"})",
                             R"({"time":"yesterday"})", R"({"time":"2026-02-30T00:00:00Z"})", R"({"after":-1})",
                             R"({"source":"a","handled":-1})", R"({"source":"a","handled":5,"id":"5"})",
                             R"({"source":"","handled":5})", R"({"source":"a","handled":5,"missing":4})",
                             R"({"source":"a","handled":5,"missing":["4-3"]})", R"({"handled":5,"missing":[4]})"}) {
        INFO(body);
        CHECK(running.post("/v1/plugins/a/seek", body).status == 400);
    }
    for (const char* body :
         {"{}", R"({"events":[]})", R"({"events":["a"]})", R"({"from":5,"to":4})", R"({"from":1,"to":200000})"}) {
        INFO(body);
        CHECK(running.post("/v1/plugins/a/replay", body).status == 400);
    }
}

TEST_CASE("what the engine refuses is a 409 with its sentence, and stands in the log", "[control]") {
    Running running;
    for (const char* target : {"pause", "resume", "reload", "rollback", "forget", "enable", "disable"}) {
        const HttpResponse answer = running.post(std::string("/v1/plugins/nobody/") + target);
        INFO(target << " " << answer.body);
        CHECK(answer.status == 409);
        CHECK(answer.body.find("nobody") != std::string::npos);
    }
    CHECK(running.post("/v1/plugins/nobody/seek", R"({"time":"2026-11-21T09:30:00.5Z"})").status == 409);
    CHECK(running.post("/v1/plugins/nobody/seek", R"({"source":"a","handled":5,"missing":[2,"3-4"]})").status == 409);
    CHECK(running.post("/v1/plugins/nobody/replay", R"({"from":1,"to":3})").status == 409);
    CHECK(running.post("/v1/sources/nobody/pause").status == 409);
    CHECK(running.get("/v1/plugins/nobody").status == 404);
    CHECK(running.get("/v1/backlog/nobody").status == 409);
    REQUIRE(running.log().size() == 11);
    CHECK(running.log().front().starts_with("by hand: /v1/plugins/nobody/pause: refused: "));
}

TEST_CASE("the configuration can be read again through the interface", "[control]") {
    Running running;
    CHECK(running.post("/v1/configuration/reload").body == R"({"done":true})");
    running.reload_error = "foley.yaml:1:1: setle: unknown; did you mean settle?";
    const HttpResponse answer = running.post("/v1/configuration/reload");
    CHECK(answer.status == 409);
    CHECK(answer.body.find("did you mean settle?") != std::string::npos);
}

TEST_CASE("explain, dead letters and crashes answer where there is nothing", "[control]") {
    Running running;
    running.post("/v1/events", R"({"id":"a"})");
    CHECK(json::find(running.read("/v1/events/1/explain"), "plugins").IsArray());
    CHECK(running.get("/v1/dead-letters").body == R"({"dead_letters":[]})");
    CHECK(running.get("/v1/crashes/nobody").status != 500);
}
