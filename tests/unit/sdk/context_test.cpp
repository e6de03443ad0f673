#include <foley/testing.hpp>

#include <catch2/catch.hpp>

using namespace foley;
using namespace std::chrono_literals;

namespace {

using Run = std::function<Outcome(const Event&, Context&)>;

// A plugin with one callback, started, fed with one event.
struct OneCallback {
    explicit OneCallback(Run run) : plugin([run](Registrar& registrar) { registrar.on({}, run); }) {}
    Outcome deliver(testing::SavedEvent event = testing::plain_event("{}")) {
        if (!started) static_cast<void>(plugin.start());
        started = true;
        return plugin.deliver(event).at(0).outcome;
    }
    testing::Plugin plugin;
    bool started = false;
};

SiteConnection site(std::string name) {
    SiteConnection connection;
    connection.name = std::move(name);
    connection.kind = "ftrack";
    connection.url = "https://studio.example.com";
    connection.user = "robot";
    connection.secret = Secret("hunter2");
    connection.options["timeout"] = "30";
    return connection;
}

}  // namespace

TEST_CASE("log lines carry their level and their formatted text", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        context.log().debug("{}", 1);
        context.log().info("{}", std::string("two"));
        context.log().warn("{:03}", 3);
        context.log().error("{}", std::vector<int>{4, 5});
        context.log().info("{}", std::chrono::milliseconds{1500});
        return done();
    });
    static_cast<void>(one.deliver());
    const auto log = one.plugin.log();
    REQUIRE(log.size() == 5);
    CHECK(log[0].level == FOLEY_LOG_DEBUG);
    CHECK(log[1].text == "two");
    CHECK(log[2].level == FOLEY_LOG_WARNING);
    CHECK(log[2].text == "003");
    CHECK(log[3].level == FOLEY_LOG_ERROR);
    CHECK(log[3].text == "[4, 5]");
    CHECK(log[4].text == "1500ms");
}

TEST_CASE("the store keeps what a callback wrote, and a callback sees its own writes", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        State& state = context.state();
        state.put("a/1", "x");
        state.put("a/2", std::string("y\0z", 3));
        state.put("b", "");
        state.erase("b");
        state.erase("never there");
        CHECK(state.get("a/1") == "x");
        CHECK_FALSE(state.get("b"));
        CHECK(state.list("a/").size() == 2);
        CHECK(state.list("a/", "a/1").at(0).second == std::string("y\0z", 3));
        CHECK(state.list("a/", {}, 1).size() == 1);
        CHECK(state.list("c").empty());
        return done();
    });
    static_cast<void>(one.deliver());
    CHECK(one.plugin.state() == std::map<std::string, std::string>{{"a/1", "x"}, {"a/2", std::string("y\0z", 3)}});
}

TEST_CASE("what a callback wrote to the store is dropped when it fails, and kept when it retries", "[sdk][context]") {
    OneCallback one([](const Event& event, Context& context) {
        context.state().put(std::string(event.type()), "1");
        return event.type() == "bad" ? failed("no") : retry_after(1s, "later");
    });
    static_cast<void>(one.deliver(testing::plain_event(R"({"type": "bad"})")));
    CHECK(one.plugin.state().empty());
    static_cast<void>(one.deliver(testing::plain_event(R"({"type": "late"})")));
    CHECK(one.plugin.state().count("late") == 1);
}

TEST_CASE("keys and values over their limits are errors that say the limit", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        CHECK_THROWS_WITH(context.state().put("", "x"), Catch::Contains("the key is empty"));
        CHECK_THROWS_WITH(context.state().get(std::string(1025, 'k')), Catch::Contains("1 to 1024 bytes"));
        CHECK_THROWS_WITH(context.state().put("k", std::string((1U << 20U) + 1, 'v')), Catch::Contains("up to 1 MiB"));
        CHECK_NOTHROW(context.state().put(std::string(1024, 'k'), std::string(1U << 20U, 'v')));
        return done();
    });
    CHECK(one.deliver().kind() == Outcome::Kind::done);
}

TEST_CASE("the store can be walked from end to end while it is written to", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        for (int i = 0; i < 1200; ++i)
            context.state().put(fmt::format("n/{:05}", i), std::to_string(i));
        context.state().put("o", "other");
        int seen = 0;
        context.state().for_each("n/", [&](const std::string& key, const std::string& value) {
            CHECK(key == fmt::format("n/{:05}", seen));
            CHECK(value == std::to_string(seen));
            context.state().erase(key);
            ++seen;
        });
        CHECK(seen == 1200);
        return done();
    });
    CHECK(one.deliver().kind() == Outcome::Kind::done);
    CHECK(one.plugin.state().size() == 1);
}

TEST_CASE("without a name the site is the event's, or else the default one", "[sdk][context]") {
    std::vector<std::string> names;
    OneCallback one([&](const Event&, Context& context) {
        names.push_back(context.site().name);
        names.push_back(context.site("second").name);
        return done();
    });
    one.plugin.add_site(site("first")).add_site(site("second"));
    static_cast<void>(one.deliver());
    testing::SavedEvent event = testing::plain_event("{}");
    event.site = "second";
    static_cast<void>(one.deliver(event));
    CHECK(names == std::vector<std::string>{"first", "second", "second", "second"});
}

TEST_CASE("a site connection arrives whole, its secret unseen, and knows of a dry run", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        const SiteConnection connection = context.site();
        CHECK(connection.kind == "ftrack");
        CHECK(connection.url == "https://studio.example.com");
        CHECK(connection.user == "robot");
        CHECK(connection.secret.reveal() == "hunter2");
        CHECK(connection.options.at("timeout") == "30");
        CHECK(connection.dry_run);
        CHECK(context.dry_run());
        context.log().info("{}", connection.secret);
        return done();
    });
    one.plugin.add_site(site("studio")).dry_run();
    CHECK(one.deliver().kind() == Outcome::Kind::done);
    CHECK(one.plugin.log().at(0).text == "***");
}

TEST_CASE("a site that is not configured is an error that names it", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        static_cast<void>(context.site("studio"));
        return done();
    });
    CHECK_THAT(one.deliver().why(), Catch::Contains("no site connection named \"studio\""));
    OneCallback none([](const Event&, Context& context) {
        static_cast<void>(context.site());
        return done();
    });
    CHECK_THAT(none.deliver().why(), Catch::Contains("no site connection for this plugin"));
}

TEST_CASE("a reply goes to whoever waits, and only then", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        const bool sent = context.reply(R"({"success": true})");
        return sent ? done() : ignored("nobody waits");
    });
    CHECK(one.deliver().kind() == Outcome::Kind::ignored);
    testing::SavedEvent event = testing::plain_event("{}");
    event.deadline = Timestamp{1s};
    CHECK(one.deliver(event).kind() == Outcome::Kind::done);
    CHECK(one.plugin.replies() == std::vector<std::string>{R"({"success": true})"});
}

TEST_CASE("a reply may be a JSON value, and a text that is no JSON is refused", "[sdk][context]") {
    OneCallback one([](const Event&, Context& context) {
        json::Document answer(rapidjson::kObjectType);
        answer.AddMember("message", json::borrow("done"), answer.GetAllocator());
        CHECK(context.reply(answer));
        CHECK_THROWS_WITH(context.reply("oops"), Catch::Contains("must be JSON"));
        return done();
    });
    testing::SavedEvent event = testing::plain_event("{}");
    event.deadline = Timestamp{1s};
    CHECK(one.deliver(event).kind() == Outcome::Kind::done);
    CHECK(one.plugin.replies().at(0) == R"({"message":"done"})");
}
