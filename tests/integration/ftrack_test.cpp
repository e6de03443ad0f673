// The main job: from an artist's change on the (simulated) ftrack site through hub, journal and plugin to a label; and
// what else the hub brings: gaps, and people who wait for an answer.
#include "integration/harness/studio.hpp"

#include <catch2/catch.hpp>

using namespace foley::testing;
using namespace std::chrono_literals;

TEST_CASE("an artist's change of location becomes labels", "[integration]") {
    Studio studio({});
    studio.install_hammertrack();
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("hammertrack", "running");
    const foley::sim::Demo::Task& task = studio.demo.tasks.front();
    studio.set_labels(task.id, {"yul", "lax"});
    studio.set_labels(task.version, {"muc"});
    studio.await_same(30s);
    CHECK(studio.present()[task.folder] == Labels{"lax", "yul"});
    CHECK(studio.present()[task.file] == Labels{"muc"});
    // The other task of the shot asks for one of the same labels: it stays when the first lets it go.
    const foley::sim::Demo::Task& other = studio.demo.tasks[1];
    REQUIRE(other.folder == task.folder);
    studio.set_labels(other.id, {"lax"});
    studio.await_same(30s);
    studio.set_labels(task.id, {});
    studio.await_same(30s);
    CHECK(studio.present()[task.folder] == Labels{"lax"});
    CHECK(studio.daemon.plugin("hammertrack").failed == 0);
}

TEST_CASE("what changed while the daemon was away is mended when it is back", "[integration]") {
    Studio studio({});
    studio.install_hammertrack();
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.set_labels(studio.demo.tasks.front().id, {"yul"});
    studio.await_same(30s);
    CHECK(studio.daemon.stop().exit_code() == 0);
    for (const std::string& entity : studio.entities())
        studio.set_labels(entity, {"yyz", "muc"});
    studio.daemon.start();
    studio.await_same(60s);
}

TEST_CASE("a hub that was away brings a gap, which reaches on_gap", "[integration]") {
    Studio studio({.daemon = {.plugins = {{.name = "a"}}}});
    studio.daemon.install_recorder("a");
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("a", "running");
    studio.daemon.await("the gap of the start", [&] { return studio.daemon.handled("a").count("gap") == 1; });
    studio.site.drop_connections(GENERATE(false, true));
    studio.daemon.await("the gap to reach on_gap", [&] { return studio.daemon.handled("a").count("gap") == 2; });
    studio.daemon.await("the hub to be live again", [&] {
        const SourceView hub = studio.daemon.source("hub");
        return hub.state == "live" && hub.reconnects == 1;
    });
    studio.set_labels(studio.demo.tasks.front().id, {"yul"});
    studio.daemon.await("the change to reach on_event", [&] { return !studio.daemon.handled("a").events().empty(); });
}

TEST_CASE("a person who waits for an action gets the plugin's answer", "[integration]") {
    Studio studio(
        {.daemon = {
             .plugins = {{.name = "a", .settings = "obeys: true"}},
             .sources = "  hub: {kind: ftrack, site: studio, topics: [ftrack.update, ftrack.action.launch]}\n"}});
    studio.daemon.install_recorder("a");
    studio.daemon.start();
    studio.daemon.await("the hub to be live", [&] { return studio.daemon.source("hub").state == "live"; });
    studio.daemon.await_state("a", "running");
    studio.site.publish("ftrack.action.launch", R"({"script":{"reply":{"success":true,"message":"On it."}}})",
                        "question");
    // What clients of the hub publish: here only the daemon's reply.
    const auto published = [&] { return studio.site.with([](auto& world) { return world.hub.published(); }); };
    studio.daemon.await("the reply to reach the hub", [&] { return !published().empty(); });
    const foley::json::Document reply = foley::json::parse(published().front());
    CHECK(foley::json::text_or_empty(reply, "topic") == "ftrack.meta.reply");
    CHECK(foley::json::text_or_empty(reply, "target") == R"(id="web-1")");  // whom publish() names as the source
    CHECK(foley::json::text_or_empty(reply, "inReplyToEvent") == "question");
    CHECK(foley::json::text_or_empty(reply, "data", "message") == "On it.");
    studio.daemon.await("the event to be handled", [&] { return studio.daemon.handled("a").has("question"); });
    // Nobody waits for other events: their plugin is told so, and nothing goes out.
    studio.site.publish("ftrack.update", R"({"script":{"reply":{"success":true}}})", "news");
    studio.daemon.await("the other event to be handled", [&] { return studio.daemon.handled("a").has("news"); });
    CHECK(published().size() == 1);
}
