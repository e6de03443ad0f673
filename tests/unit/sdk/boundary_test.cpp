// What crosses foley/abi.h, seen from the host's side: outcomes and their texts, exceptions, sizes, versions.
#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <cstring>
#include <thread>

using namespace foley;
using namespace std::chrono_literals;

namespace {

Outcome outcome_of(const std::function<Outcome()>& callback) {
    testing::Plugin plugin(
        [&](Registrar& registrar) { registrar.on({}, [&](const Event&, Context&) { return callback(); }); });
    REQUIRE(plugin.start().kind() == Outcome::Kind::done);
    return plugin.deliver(testing::plain_event("{}")).at(0).outcome;
}

// A host that only counts and keeps what it is told.
struct BareHost {
    BareHost() {
        host.size = sizeof(host);
        host.abi_major = FOLEY_ABI_MAJOR;
        host.self = this;
        host.log = [](void* self, std::int32_t, foley_text text) {
            static_cast<BareHost*>(self)->log.assign(text.data, text.size);
        };
        host.add_callback = [](void* self, const foley_callback* from) {
            static_cast<BareHost*>(self)->callback = *from;
            return static_cast<BareHost*>(self)->answer;
        };
        host.add_setting = [](void*, const foley_setting*) -> int { return FOLEY_OK; };
        host.settings = [](void*) -> foley_text { return {nullptr, 0}; };
    }
    int enter(const std::function<void(Registrar&)>& body) {
        plugin.size = sizeof(plugin);
        return detail::enter(&host, &plugin, body, {FOLEY_SDK_VERSION, FOLEY_COMPILER});
    }
    foley_host host{};
    foley_plugin plugin{};
    foley_callback callback{};
    std::string log;
    int answer = FOLEY_OK;
};

}  // namespace

TEST_CASE("every outcome crosses the boundary with its delay and its reason", "[sdk][boundary]") {
    const Outcome late = outcome_of([] { return retry_after(90s, "not there yet"); });
    CHECK(late.kind() == Outcome::Kind::retry_after);
    CHECK(late.delay() == 90s);
    CHECK(late.why() == "not there yet");
    CHECK_FALSE(late.backoff());
    CHECK(outcome_of([] { return retry("away"); }).backoff());
    CHECK(outcome_of([] { return hold(1s, "no share"); }).kind() == Outcome::Kind::hold);
    CHECK(outcome_of([] { return failed("broken"); }).kind() == Outcome::Kind::failed);
    CHECK(outcome_of([] { return ignored("not ours"); }).kind() == Outcome::Kind::ignored);
    CHECK(outcome_of([] { return retry_after(-5s, ""); }).delay() == 0s);
}

TEST_CASE("an exception is a failure with its text, whatever its type", "[sdk][boundary]") {
    const Outcome standard = outcome_of([]() -> Outcome { throw std::runtime_error("out of luck"); });
    CHECK(standard.kind() == Outcome::Kind::failed);
    CHECK(standard.why() == "out of luck");
    const Outcome strange = outcome_of([]() -> Outcome { throw 42; });
    CHECK(strange.kind() == Outcome::Kind::failed);
    CHECK(strange.why() == "threw something that is not a std::exception");
}

TEST_CASE("a site that is away is a retry with backoff, one that says no is a failure", "[sdk][boundary]") {
    const Outcome away = outcome_of([]() -> Outcome { throw SiteError("no answer from studio", true); });
    CHECK(away.kind() == Outcome::Kind::retry_after);
    CHECK(away.backoff());
    CHECK(away.why() == "no answer from studio");
    CHECK(outcome_of([]() -> Outcome { throw SiteError("no such attribute", false); }).kind() == Outcome::Kind::failed);
}

TEST_CASE("a payload that is no JSON fails the callback that looks at it, and only that one", "[sdk][boundary]") {
    testing::Plugin plugin([](Registrar& registrar) {
        registrar.on({}, [](const Event& event, Context&) { static_cast<void>(event.entity()); });
    });
    BareHost host;
    REQUIRE(host.enter([](Registrar& registrar) {
        registrar.on({}, [](const Event& event, Context&) { static_cast<void>(event.entity()); });
    }) == FOLEY_OK);
    foley_event event{};
    event.size = sizeof(event);
    event.payload = {"oops", 4};
    foley_outcome outcome{};
    outcome.size = sizeof(outcome);
    host.callback.call(host.callback.self, &event, &outcome);
    CHECK(outcome.code == FOLEY_FAILED);
    CHECK(std::string(outcome.why.data, outcome.why.size).find("not valid JSON") != std::string::npos);
}

TEST_CASE("again_after is for timers, from an event it is a failure that says so", "[sdk][boundary]") {
    const Outcome outcome = outcome_of([] { return again_after(1s); });
    CHECK(outcome.kind() == Outcome::Kind::failed);
    CHECK_THAT(outcome.why(), Catch::Contains("is for timers"));

    testing::Plugin plugin(
        [](Registrar& r) { r.every(1s, [](Context&) { return again_after(1s); }, {.name = "sweep"}); });
    static_cast<void>(plugin.start());
    CHECK(plugin.tick("sweep").kind() == Outcome::Kind::again_after);
}

TEST_CASE("a host of another ABI is refused with both versions and what to do", "[sdk][boundary]") {
    BareHost host;
    host.host.abi_major = 2;
    CHECK(host.enter([](Registrar&) {}) == FOLEY_EINVAL);
    CHECK(host.log == "this plugin is built for ABI 1, the host has ABI 2. Rebuild the plugin with the host's SDK.");
}

TEST_CASE("a host that is smaller than ABI 1.0 is refused, and one that is larger is not", "[sdk][boundary]") {
    BareHost small;
    small.host.size = offsetof(foley_host, reply);
    CHECK(small.enter([](Registrar&) {}) == FOLEY_EINVAL);
    BareHost large;
    large.host.size = sizeof(foley_host) + 64;
    CHECK(large.enter([](Registrar&) {}) == FOLEY_OK);
    CHECK(detail::enter(nullptr, nullptr, [](Registrar&) {}, {}) == FOLEY_EINVAL);
}

TEST_CASE("a registration that the host refuses refuses the plugin", "[sdk][boundary]") {
    BareHost host;
    host.answer = FOLEY_EINVAL;
    CHECK(host.enter([](Registrar& r) { r.on({}, [](const Event&, Context&) {}); }) == FOLEY_EINVAL);
    CHECK_THAT(host.log, Catch::Contains("the host refused callback on #1 *"));
}

TEST_CASE("a plugin says which SDK and compiler made it", "[sdk][boundary]") {
    BareHost host;
    REQUIRE(host.enter([](Registrar&) {}) == FOLEY_OK);
    CHECK(std::string(host.plugin.sdk_version.data, host.plugin.sdk_version.size) == FOLEY_SDK_VERSION);
    CHECK_THAT(std::string(host.plugin.compiler.data, host.plugin.compiler.size), Catch::Contains("++ "));
}

TEST_CASE("log and progress may be used from the plugin's own threads", "[sdk][boundary]") {
    testing::Plugin plugin([](Registrar& registrar) {
        registrar.on({}, [](const Event&, Context& context) {
            std::thread other([&context, log = context.log()] {
                for (int i = 0; i < 100; ++i) {
                    log.debug("thread {}", i);
                    context.progress("half way");
                }
            });
            for (int i = 0; i < 100; ++i)
                context.log().info("callback {}", i);
            other.join();
        });
    });
    static_cast<void>(plugin.start());
    static_cast<void>(plugin.deliver(testing::plain_event("{}")));
    CHECK(plugin.log().size() == 200);
    CHECK(plugin.progress().size() == 100);
}
