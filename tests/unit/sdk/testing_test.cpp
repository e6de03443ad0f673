#include "payloads.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace foley;
using namespace std::chrono_literals;

namespace {

// A file that ends with the test.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& text) {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-test-XXXXXX").string();
        const int descriptor = mkstemp(pattern.data());
        REQUIRE(descriptor >= 0);
        REQUIRE(close(descriptor) == 0);
        path_ = pattern;
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~TemporaryFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("an event that was saved is read with all that stands beside its payload", "[sdk][testing]") {
    const auto event = testing::parse_event(
        R"({"sequence": 12, "source": "studio", "id": "e-1", "type": "ftrack.update", "shape": "ftrack", "kind": "site",
            "site": "ft", "received_at": "2026-03-31T15:26:16Z", "deadline": 1774970776000000, "attempt": 2,
            "payload": {"topic": "ftrack.update"}})");
    CHECK(event.sequence == 12);
    CHECK(event.source == "studio");
    CHECK(event.id == "e-1");
    CHECK(event.type == "ftrack.update");
    CHECK(event.shape == Shape::ftrack);
    CHECK(event.site == "ft");
    CHECK(event.attempt == 2);
    CHECK(event.payload == R"({"topic":"ftrack.update"})");
    CHECK(event.received_at == parse_timestamp("2026-03-31T15:26:16Z"));
    CHECK(event.deadline == event.received_at);
}

TEST_CASE("what a saved event leaves out is read from its payload", "[sdk][testing]") {
    const auto event = testing::parse_event(R"({"shape": "shotgrid", "payload": )" + tests::kShotgridChange + "}");
    CHECK(event.id == "4044184");
    CHECK(event.type == "Shotgun_Task_Change");
    CHECK(event.source == "test");
    CHECK(testing::parse_event(R"({"type": "render.done", "id": 3})").type == "render.done");
}

TEST_CASE("a saved event that makes no sense is refused with a sentence", "[sdk][testing]") {
    CHECK_THROWS_WITH(testing::parse_event(R"({"shape": "odd", "payload": {}})"),
                      Catch::Contains("it should be plain"));
    CHECK_THROWS_WITH(testing::parse_event(R"({"sequence": -1, "payload": {}})"), Catch::Contains("a whole number"));
    CHECK_THROWS_WITH(testing::parse_event(R"({"attempt": 4294967296, "payload": {}})"),
                      Catch::Contains("a whole number"));
    CHECK_THROWS_WITH(testing::parse_event(R"({"deadline": "soon", "payload": {}})"), Catch::Contains("a time like"));
    CHECK_THROWS_WITH(testing::parse_event("[]"), Catch::Contains("is a JSON object"));
    CHECK_THROWS_AS(testing::parse_event("{"), json::ParseError);
}

TEST_CASE("a gap that was saved goes to on_gap", "[sdk][testing]") {
    testing::Plugin plugin([](Registrar& registrar) {
        registrar.on_gap([](const Gap& gap, Context& context) { context.log().info("{}", gap.reason()); });
    });
    static_cast<void>(plugin.start());
    const auto event = testing::parse_event(
        R"({"kind": "gap", "source": "studio", "type": "foley.gap", "payload": {"from": 1, "until": 2, "reason": "cut"}})");
    CHECK(plugin.deliver(event).size() == 1);
    CHECK(plugin.logged("cut"));
    CHECK_THROWS_WITH(testing::parse_event(R"({"kind": "odd", "payload": {}})"), Catch::Contains("site or gap"));
    CHECK_THROWS_WITH(testing::parse_event(R"({"id": "e", "payload_bytes": 12})"),
                      Catch::Contains("without its payload"));
}

TEST_CASE("a file of saved events is read line by line, and an error names file and line", "[sdk][testing]") {
    const TemporaryFile good("{\"type\": \"a\"}\n\n  \r\n{\"type\": \"b\"}");
    const auto events = testing::read_events(good.path());
    REQUIRE(events.size() == 2);
    CHECK(events[1].type == "b");
    const TemporaryFile bad("{}\noops\n");
    CHECK_THROWS_WITH(testing::read_events(bad.path()), Catch::Contains(":2: not valid JSON"));
    const TemporaryFile page(R"({"events":[{"id":"1","type":"a","payload":{"type":"a"}},{"payload":{"type":"b"}}]})");
    const auto of_page = testing::read_events(page.path());
    REQUIRE(of_page.size() == 2);
    CHECK(of_page[0].id == "1");
    CHECK(of_page[1].type == "b");
    const TemporaryFile plain(R"({"type": "a", "events": []})");
    CHECK(testing::read_events(plain.path()).size() == 1);
    CHECK_THROWS_WITH(testing::read_events("/does/not/exist"), Catch::Contains("cannot open /does/not/exist"));
}

TEST_CASE("an event goes to the callbacks that want it, in order, up to the first that stops it", "[sdk][testing]") {
    testing::Plugin plugin([](Registrar& registrar) {
        const auto say = [](Outcome outcome) { return [outcome](const Event&, Context&) { return outcome; }; };
        registrar.on({.attribute = "hs_location"}, say(done()), {.name = "first"});
        registrar.on({.attribute = "other"}, say(done()), {.name = "unwanted"});
        registrar.on({.type = "ftrack.*"}, say(ignored("x")), {.name = "second"});
        registrar.on({}, say(retry("away")), {.name = "third"});
        registrar.on({}, say(done()), {.name = "never"});
    });
    static_cast<void>(plugin.start());
    const auto results = plugin.deliver(testing::ftrack_event(tests::kFtrackUpdate));
    REQUIRE(results.size() == 3);
    CHECK(results[0].callback == "first");
    CHECK(results[1].callback == "second");
    CHECK(results[2].callback == "third");
}

TEST_CASE("gaps go to on_gap of their source, timers are ticked by hand", "[sdk][testing]") {
    int ticks = 0;
    testing::Plugin plugin([&](Registrar& registrar) {
        registrar.on_gap("studio", [](const Gap& gap, Context& context) { context.log().info("{}", gap.reason()); });
        registrar.on_gap("other", [](const Gap&, Context& context) { context.log().info("other"); });
        registrar.on({}, [](const Event&, Context& context) { context.log().info("event"); });
        registrar.every(1h, [&](Context&) { ++ticks; }, {.name = "sweep"});
    });
    static_cast<void>(plugin.start());
    CHECK(plugin.gap("studio", Timestamp{1s}, {}, "cut").at(0).callback == "on_gap");
    CHECK(plugin.log().size() == 1);
    CHECK(plugin.logged("cut"));
    CHECK(plugin.tick("sweep").kind() == Outcome::Kind::done);
    CHECK(plugin.tick().size() == 1);
    CHECK(ticks == 2);
    CHECK_THROWS_WITH(plugin.tick("x"), Catch::Contains("no timer named"));
}

TEST_CASE("the store of an earlier run can be given", "[sdk][testing]") {
    testing::Plugin plugin([](Registrar& registrar) {
        registrar.on_start([](Context& context) {
            context.log().info("{}", context.state().get("position").value_or("none"));
            context.state().put("started", "1");
        });
    });
    static_cast<void>(plugin.store("position", "12").start());
    CHECK(plugin.logged("12"));
    CHECK(plugin.state().at("started") == "1");
}

TEST_CASE("a test that configures what the plugin does not declare, or forgets to start it, is told",
          "[sdk][testing]") {
    testing::Plugin plugin([](Registrar& registrar) { registrar.on({}, [](const Event&, Context&) {}); });
    CHECK_THROWS_WITH(plugin.deliver(testing::plain_event("{}")), Catch::Contains("call start() first"));
    CHECK_THROWS_WITH(plugin.set("x", 1).start(), Catch::Contains("\"x\" that the plugin does not declare"));
}

TEST_CASE("a library that cannot be loaded or is no plugin is refused with a sentence", "[sdk][testing]") {
    CHECK_THROWS_WITH(testing::Plugin(std::filesystem::path("/does/not/exist.so")),
                      Catch::Contains("cannot load /does/not/exist.so"));
    CHECK_THROWS_WITH(testing::Plugin(std::filesystem::path(FOLEY_TEST_NO_PLUGIN)),
                      Catch::Contains("does not export foley_plugin_v1"));
}

TEST_CASE("expect says what does not hold and where, run turns it into an exit code", "[sdk][testing]") {
    CHECK_NOTHROW(testing::expect(true, "all is well"));
    CHECK_THROWS_WITH(testing::expect(false, "the sky is green"),
                      Catch::Contains("testing_test.cpp:") && Catch::Contains("the sky is green"));
    CHECK(testing::run([] {}) == 0);
    CHECK(testing::run([] { throw std::runtime_error("as it should"); }) == 1);
}
