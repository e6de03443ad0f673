#include "payloads.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

using namespace foley;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

Outcome on_status(const Event&, Context&) {
    return done();
}

std::vector<std::string> names(const testing::Plugin& plugin) {
    std::vector<std::string> result;
    for (const auto& callback : plugin.callbacks())
        result.push_back(callback.name);
    return result;
}

std::string refusal(const std::function<void(Registrar&)>& body) {
    try {
        const testing::Plugin plugin(body);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("every clause of a filter reaches the host, one text or several", "[sdk][registrar]") {
    const testing::Plugin plugin([](Registrar& registrar) {
        registrar.on({.type = "ftrack.update",
                      .attribute = {"a", "b"},
                      .entity_type = std::string("Task"),
                      .project = {"p"},
                      .exclude_project = std::vector<std::string>{"x", "y"},
                      .source = std::string_view("studio")},
                     on_status, {.name = "all", .on_error = OnError::retry});
    });
    REQUIRE(plugin.callbacks().size() == 1);
    const auto& callback = plugin.callbacks()[0];
    CHECK(callback.name == "all");
    CHECK(callback.on_error == OnError::retry);
    CHECK(callback.filter.type.texts() == Texts{"ftrack.update"});
    CHECK(callback.filter.attribute.texts() == Texts{"a", "b"});
    CHECK(callback.filter.entity_type.texts() == Texts{"Task"});
    CHECK(callback.filter.project.texts() == Texts{"p"});
    CHECK(callback.filter.exclude_project.texts() == Texts{"x", "y"});
    CHECK(callback.filter.source.texts() == Texts{"studio"});
}

TEST_CASE("a callback is named after its function, its place or as its author says", "[sdk][registrar]") {
    const testing::Plugin plugin([](Registrar& registrar) {
        registrar.on<on_status>({.type = "a"});
        registrar.on<on_status>({.type = "b"});
        registrar.on({.type = "ftrack.update"}, on_status);
        registrar.on({}, on_status, {.name = "mine"});
        registrar.every(1s, [](Context&) {});
        registrar.every(1s, [](Context&) {});
        registrar.on_gap([](const Gap&, Context&) {});
        registrar.on<[](const Event&, Context&) { return done(); }>({.type = "c"});
    });
    CHECK(names(plugin) ==
          Texts{"on_status", "on_status #2", "on #3 ftrack.update", "mine", "every", "every #2", "on_gap", "on #8 c"});
}

TEST_CASE("a callback may return an outcome, or nothing, which is done", "[sdk][registrar]") {
    testing::Plugin plugin([](Registrar& registrar) {
        registrar.on({.type = "quiet"}, [](const Event&, Context&) {});
        registrar.on({.type = "loud"}, [](const Event&, Context&) { return ignored("nothing to do"); });
    });
    static_cast<void>(plugin.start());
    CHECK(plugin.deliver(testing::plain_event(R"({"type":"quiet"})")).at(0).outcome.kind() == Outcome::Kind::done);
    const auto results = plugin.deliver(testing::plain_event(R"({"type":"loud"})"));
    CHECK(results.at(0).outcome.kind() == Outcome::Kind::ignored);
    CHECK(results.at(0).outcome.why() == "nothing to do");
}

TEST_CASE("a callback may keep what it captured, and change it", "[sdk][registrar]") {
    testing::Plugin plugin([](Registrar& registrar) {
        registrar.on({}, [count = 0](const Event&, Context& context) mutable { context.log().info("{}", ++count); });
    });
    static_cast<void>(plugin.start());
    static_cast<void>(plugin.deliver(testing::plain_event("{}")));
    static_cast<void>(plugin.deliver(testing::plain_event("{}")));
    CHECK(plugin.log().at(1).text == "2");
}

TEST_CASE("a declaration that makes no sense refuses the plugin with a sentence", "[sdk][registrar]") {
    using Catch::Contains;
    CHECK_THAT(refusal([](Registrar& r) { r.every(10us, [](Context&) {}); }), Contains("the shortest is 1 ms"));
    CHECK_THAT(refusal([](Registrar& r) {
                   r.on({}, on_status, {.name = "x"});
                   r.on({}, on_status, {.name = "x"});
               }),
               Contains("two callbacks are named \"x\""));
    CHECK_THAT(refusal([](Registrar& r) {
                   r.on_start([](Context&) {});
                   r.on_start([](Context&) {});
               }),
               Contains("on_start() was called twice"));
    CHECK_THAT(refusal([](Registrar& r) { r.on({}, std::function<Outcome(const Event&, Context&)>{}); }),
               Contains("empty function"));
    CHECK_THAT(refusal([](Registrar&) { throw std::runtime_error("no licence"); }), Contains("no licence"));
    CHECK_THAT(refusal([](Registrar&) { throw 5; }), Contains("not a std::exception"));
}

TEST_CASE("start and stop run once each, start before all, and start may refuse or ask to wait", "[sdk][registrar]") {
    std::vector<std::string> order;
    {
        testing::Plugin plugin([&](Registrar& registrar) {
            registrar.on_start([&](Context&) { order.emplace_back("start"); });
            registrar.on({}, [&](const Event&, Context&) { order.emplace_back("event"); });
            registrar.on_stop([&](Context&) { order.emplace_back("stop"); });
        });
        CHECK(plugin.start().kind() == Outcome::Kind::done);
        static_cast<void>(plugin.deliver(testing::plain_event("{}")));
    }
    CHECK(order == Texts{"start", "event", "stop"});

    testing::Plugin waiting([](Registrar& r) { r.on_start([](Context&) { return hold(5s, "no share"); }); });
    const Outcome outcome = waiting.start();
    CHECK(outcome.kind() == Outcome::Kind::hold);
    CHECK(outcome.delay() == 5s);
    CHECK(outcome.why() == "no share");
}

TEST_CASE("an exception in on_stop is logged and goes no further", "[sdk][registrar]") {
    testing::Plugin plugin([](Registrar& r) { r.on_stop([](Context&) { throw std::runtime_error("too late"); }); });
    static_cast<void>(plugin.start());
    plugin.stop();
    CHECK(plugin.logged("on_stop: too late"));
}
