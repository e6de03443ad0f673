// The ftrack source against the simulated site, over real sockets.
#include "core/source/ftrack/ftrack_source.hpp"

#include "tests/sites/ftrack/demo.hpp"
#include "tests/unit/source/ftrack_bench.hpp"

#include <foley/json.hpp>

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
namespace json = foley::json;
namespace sim = foley::sim;
using Bench = FtrackBench;

TEST_CASE("an update on the site becomes an event in the journal, with its facts", "[source][ftrack]") {
    Bench bench;
    const auto demo = bench.site.with([](auto& world) {
        sim::DemoOptions options;
        options.configurations = true;
        return sim::build_demo(world.site, options);
    });
    bench.start();
    bench.site.set_choices(demo.tasks[0].id, "hs_location", {"yul", "lax"});
    REQUIRE(bench.await_events(1));
    const auto event = bench.journal.of_kind(EventKind::site).at(0);
    CHECK(event.source == "studio");
    CHECK(event.type == "ftrack.update");
    CHECK(event.shape == Shape::ftrack);
    CHECK(event.user == "ann@example.com");
    REQUIRE(event.changes.size() == 1);
    CHECK(event.changes[0] == Change{"Task", demo.tasks[0].id, "hs_location", "update"});
    CHECK(event.projects == std::vector<std::string>{demo.project});
    CHECK_FALSE(event.deadline);
    const auto payload = json::parse(event.payload);
    CHECK(json::text_or_empty(payload, "data", "entities", 0, "changes", "hs_location", "new") == "yul, lax");
    CHECK(bench.logged().find(bench.site.options().key) == std::string::npos);
}

TEST_CASE("the first start is a gap, and it comes before any event", "[source][ftrack]") {
    Bench bench;
    bench.start();
    bench.site.publish("ftrack.update");
    REQUIRE(bench.await_events(1));
    const auto events = bench.journal.events();
    REQUIRE(events.size() == 2);
    CHECK(events[0].kind == EventKind::gap);
    CHECK(events[0].type == "foley.gap");
    const auto payload = json::parse(events[0].payload);
    CHECK(json::text_or_empty(payload, "reason") == "first start");
    CHECK(*json::integer(payload["from"]) <= *json::integer(payload["until"]));
}

TEST_CASE("a start goes on from where the last one ended", "[source][ftrack]") {
    Bench bench;
    bench.start();
    const auto last = bench.site.publish("ftrack.update");
    REQUIRE(bench.await_events(1));
    bench.stop();
    const auto cursor = json::parse(*bench.journal.cursor("studio"));
    CHECK(json::text_or_empty(cursor, "event") == last);
    bench.start();
    REQUIRE(await([&] { return bench.gaps() == 2; }));
    const auto gap = json::parse(bench.journal.of_kind(EventKind::gap).at(1).payload);
    CHECK(*json::integer(gap["from"]) == *json::integer(cursor["heard"]));
    CHECK(json::text_or_empty(gap, "reason") == "foley was not running");
}

TEST_CASE("every way to lose the hub ends in a new connection", "[source][ftrack]") {
    Bench bench;
    bench.start();
    const auto lose = GENERATE(0, 1, 2, 3, 4);
    CAPTURE(lose);
    if (lose == 0) bench.site.drop_connections(false);
    if (lose == 1) bench.site.drop_connections(true);
    if (lose == 2) bench.site.send_raw("0::");
    if (lose == 3) bench.site.send_raw("7:::not handshaken+reconnect");
    if (lose == 4) bench.site.send_raw(std::string(65 << 20, ' '));
    REQUIRE(await([&] { return bench.gaps() == 2 && bench.source->status().state == SourceState::live; }));
    bench.site.publish("ftrack.update");
    CHECK(bench.await_events(1));
}

TEST_CASE("a hub that falls silent is left", "[source][ftrack]") {
    sim::SimFtrackOptions site;
    site.heartbeat = 20ms;
    Bench bench(site);
    bench.options.dead_after = 300ms;
    bench.start();
    REQUIRE(await([&] { return bench.site.with([](auto& world) { return world.hub.heartbeats_answered(); }) > 3; }));
    CHECK(await([&] { return bench.gaps() > 0; }));
    bench.site.with([](auto& world) { world.hub.silent = true; });
    REQUIRE(await([&] { return bench.source->status().state != SourceState::live; }));
    const auto before = bench.gaps();  // more than one, if a busy machine kept heartbeats back
    bench.site.with([](auto& world) { world.hub.silent = false; });
    REQUIRE(bench.is_live());
    CHECK(await([&] { return bench.gaps() > before; }));
}

TEST_CASE("heartbeats are answered while the journal stands still", "[source][ftrack]") {
    sim::SimFtrackOptions site;
    site.heartbeat = 10ms;
    Bench bench(site);
    bench.start();
    REQUIRE(await([&] { return bench.gaps() == 1; }));
    bench.journal.hold(true);
    for (int i = 0; i < 100; ++i)
        bench.site.publish("ftrack.update");
    const auto answered = bench.site.with([](auto& world) { return world.hub.heartbeats_answered(); });
    CHECK(await(
        [&] { return bench.site.with([](auto& world) { return world.hub.heartbeats_answered(); }) > answered + 10; }));
    CHECK(bench.events() == 0);
    bench.journal.hold(false);
    REQUIRE(bench.await_events(100));
    CHECK(bench.gaps() == 1);
    CHECK(bench.journal.appends() < 60);  // many in one append
}

TEST_CASE("a journal that takes nothing is shown, and what it cannot hold becomes a gap", "[source][ftrack]") {
    Bench bench;
    bench.options.queue.queue_events = 20;
    bench.start();
    REQUIRE(await([&] { return bench.gaps() == 1; }));
    bench.journal.fail("no space left on the disk");
    for (int i = 0; i < 60; ++i)
        bench.site.publish("ftrack.update");
    REQUIRE(await([&] {
        const auto status = bench.source->status();
        return status.state == SourceState::stopped_by_journal &&
               status.detail.find("no space left") != std::string::npos && bench.site.hub_connections() == 0;
    }));
    bench.journal.fail("");
    REQUIRE(await([&] { return bench.gaps() == 2 && bench.source->status().state == SourceState::live; }));
    CHECK(bench.events() >= 20);
    const auto last = bench.site.publish("ftrack.update");
    REQUIRE(await([&] { return bench.journal.events().back().id == last; }));
    const auto all = bench.journal.events();
    CHECK(all[all.size() - 2].kind == EventKind::gap);
}

TEST_CASE("an event that the hub sends twice is in the journal once", "[source][ftrack]") {
    Bench bench;
    bench.start();
    bench.site.with([](auto& world) { world.hub.duplicates = 1; });
    bench.site.publish("ftrack.update");
    bench.site.publish("ftrack.update");
    REQUIRE(bench.await_events(2));
    REQUIRE(await([&] { return bench.source->status().duplicates == 1; }));
    CHECK(bench.events() == 2);
}

TEST_CASE("what the hub must not send is put aside or ignored, and the source goes on", "[source][ftrack]") {
    Bench bench;
    bench.start();
    for (const char* packet : {"8::", "9::", "5:", "3:::hello", "4:::{}", "7:::something",
                               "6:::99+[{\"success\":true}]", "x", "5:::{\"name\":\"other\",\"args\":[{}]}",
                               "1::", R"(5:::{"name":"ftrack.event","args":[{"id":"m","topic":"ftrack.meta.x"}]})"})
        bench.site.send_raw(packet);
    for (const char* packet : {"5:::{\"name\":\"ftrack.event\",\"args\":[{},{}]}", "5:::broken",
                               "5:::{\"name\":\"ftrack.event\",\"args\":[1]}"})
        bench.site.send_raw(packet);
    bench.site.send_raw(R"(5:::{"name":"ftrack.event","args":[{"topic":"ftrack.update"}]})");
    bench.site.send_raw(
        R"(5:::{"name":"ftrack.event","args":[{"id":"odd","topic":"ftrack.update","data":null,"source":null,"new":1}]})");
    bench.site.send_raw(R"(5:::{"name":"ftrack.event","args":[{"id":"deep","data":)" + std::string(300, '[') +
                        std::string(300, ']') + "}]}");
    bench.site.send_raw(R"(5:::{"name":"ftrack.event","args":[{"id":"large","topic":"ftrack.update","data":{"x":")" +
                        std::string(17 << 20, 'x') + "\"}}]}");
    bench.site.send_raw(R"(5:::{"name":"ftrack.event","args":[{"id":"mega","topic":"ftrack.update","data":{"x":"ü)" +
                        std::string(1 << 20, 'y') + "\"}}]}");
    REQUIRE(bench.await_events(3));
    CHECK(await([&] { return bench.journal.aside(100).size() == 5; }));
    CHECK(bench.gaps() == 1);
    const auto events = bench.journal.of_kind(EventKind::site);
    CHECK_FALSE(events[0].id.empty());
    CHECK(events[1].id == "odd");
    CHECK(events[2].id == "mega");
}

TEST_CASE("an incoming event that asks for an ack gets one", "[source][ftrack]") {
    Bench bench;
    bench.start();
    bench.site.send_raw(R"(5:7+::{"name":"ftrack.event","args":[{"id":"a","topic":"ftrack.update"}]})");
    CHECK(bench.await_events(1));
}

TEST_CASE("wrong credentials are refused loudly and tried slowly", "[source][ftrack]") {
    const auto fault =
        GENERATE(sim::HandshakeFault::unauthorised, sim::HandshakeFault::error_object, sim::HandshakeFault::empty,
                 sim::HandshakeFault::html, sim::HandshakeFault::not_found, sim::HandshakeFault::no_websocket);
    Bench bench;
    bench.options.refused_delay = 200ms;
    bench.site.fail_handshake(fault);
    bench.start(false);
    REQUIRE(await([&] {
        const auto status = bench.source->status();  // one look: it tries again meanwhile
        return status.state == SourceState::refused && status.next_try;
    }));
    CHECK(bench.logged().find("This needs a person") != std::string::npos);
    bench.site.fail_handshake(sim::HandshakeFault::none);
    CHECK(bench.is_live());
}

TEST_CASE("a hub that is busy, silent or does not greet is tried again", "[source][ftrack]") {
    const auto fault =
        GENERATE(sim::HandshakeFault::busy, sim::HandshakeFault::silence, sim::HandshakeFault::no_greeting);
    Bench bench;
    bench.options.handshake_timeout = 100ms;
    bench.site.fail_handshake(fault);
    bench.start(false);
    REQUIRE(await([&] { return bench.source->status().state == SourceState::waiting; }));
    bench.site.fail_handshake(sim::HandshakeFault::none);
    CHECK(bench.is_live());
}

TEST_CASE("a subscription that is not acknowledged is asked for once more", "[source][ftrack]") {
    Bench bench;
    bench.options.ack_timeout = 100ms;
    bench.site.with([](auto& world) { world.hub.acknowledge = false; });
    bench.start(false);
    REQUIRE(await([&] { return bench.logged().find("asking once more") != std::string::npos; }));
    bench.site.with([](auto& world) { world.hub.acknowledge = true; });
    CHECK(bench.is_live());
}

TEST_CASE("a subscription that the hub refuses needs a person", "[source][ftrack]") {
    Bench bench;
    bench.site.with([](auto& world) { world.hub.refuse_subscriptions = "not for you"; });
    bench.start(false);
    REQUIRE(await([&] {
        const auto status = bench.source->status();  // one look: it tries again meanwhile
        return status.state == SourceState::refused && status.detail.find("not for you") != std::string::npos;
    }));
}

TEST_CASE("several topics and expressions are followed at once", "[source][ftrack]") {
    Bench bench;
    bench.options.topics = {"ftrack.update", "ftrack.location.component-added"};
    bench.options.subscriptions = {"topic=custom.* and data.x=1"};
    bench.start();
    CHECK(bench.site.subscriptions() == 3);
    bench.site.publish("ftrack.update");
    bench.site.publish("other.topic");
    bench.site.publish("ftrack.location.component-added");
    bench.site.publish("custom.a", R"({"x":"1"})");
    bench.site.publish("custom.a", R"({"x":"2"})");
    bench.site.publish("ftrack.update");
    REQUIRE(bench.await_events(4));
    CHECK(bench.journal.of_kind(EventKind::site).at(2).type == "custom.a");
}

TEST_CASE("a reply goes to the person who waits, and an event nobody waits for has no deadline", "[source][ftrack]") {
    Bench bench;
    bench.options.topics = {"ftrack.action.*"};
    bench.start();
    bench.site.publish("ftrack.action.launch", "{}", "question");
    REQUIRE(bench.await_events(1));
    auto event = bench.journal.of_kind(EventKind::site).at(0);
    REQUIRE(event.deadline);
    CHECK(*event.deadline - event.received_at == 60s);
    CHECK(bench.source->reply(event, R"({"success":true})"));
    REQUIRE(await([&] { return bench.site.with([](auto& world) { return world.hub.published().size(); }) == 1; }));
    const auto reply = json::parse(bench.site.with([](auto& world) { return world.hub.published().front(); }));
    CHECK(json::text_or_empty(reply, "topic") == "ftrack.meta.reply");
    CHECK(json::text_or_empty(reply, "target") == R"(id="web-1")");
    CHECK(json::text_or_empty(reply, "inReplyToEvent") == "question");
    CHECK(json::is_true(json::find(reply, "data", "success")));

    CHECK_FALSE(bench.source->reply(event, "not json"));
    event.deadline = bench.clock.now() - 1s;
    CHECK_FALSE(bench.source->reply(event, "{}"));
    bench.site.publish("ftrack.action.other");
    REQUIRE(bench.await_events(2));
    CHECK_FALSE(bench.journal.of_kind(EventKind::site).at(1).deadline);
}

TEST_CASE("a paused source is not connected, and the pause is a gap", "[source][ftrack]") {
    Bench bench;
    bench.start();
    bench.source->pause(true);
    REQUIRE(await([&] { return bench.source->status().state == SourceState::paused; }));
    REQUIRE(await([&] { return bench.site.hub_connections() == 0; }));
    bench.site.publish("ftrack.update");
    bench.source->pause(false);
    REQUIRE(bench.is_live());
    REQUIRE(await([&] { return bench.gaps() == 2; }));
    const auto gap = json::parse(bench.journal.of_kind(EventKind::gap).at(1).payload);
    CHECK(json::text_or_empty(gap, "reason") == "paused");
    CHECK(bench.events() == 0);
}

TEST_CASE("a source stops at once, whatever it waits for", "[source][ftrack]") {
    Bench bench;
    const int what = GENERATE(0, 1, 2);
    if (what == 0) bench.site.fail_handshake(sim::HandshakeFault::silence);
    if (what == 1) bench.site.fail_handshake(sim::HandshakeFault::unauthorised);
    if (what == 2) bench.site.stop_listening();
    bench.options.refused_delay = 60s;
    bench.start(false);
    REQUIRE(await([&] { return bench.source->status().state != SourceState::starting; }));
    const auto before = std::chrono::steady_clock::now();
    bench.stop();
    CHECK(std::chrono::steady_clock::now() - before < 3s);
}

TEST_CASE("options that make no sense are refused with a sentence", "[source][ftrack]") {
    Bench bench;
    bench.options.topics.clear();
    CHECK_THROWS_WITH(bench.start(), Catch::Contains("neither topics nor subscriptions"));
    bench.options.subscriptions = {"topic="};
    CHECK_THROWS_WITH(bench.start(), Catch::Contains("should be a value"));
    bench.options.subscriptions = {"topic=x"};
    bench.options.connection.url = "studio.example.com";
    CHECK_THROWS_WITH(bench.start(), Catch::Contains("must begin with https://"));
}
