#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/site/shotgrid_connections.hpp>
#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

using namespace foley;
using namespace foley::site::shotgrid;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using site::ShotgridConnections;

namespace {

using Body = std::function<void(site::Shotgrid&)>;

site::ShotgridOptions impatient() {
    site::ShotgridOptions options;
    options.first_delay = 1ms;
    return options;
}

// A site, and a plugin whose only callback does what the test says with the client that it borrows.
struct World {
    World() {
        site.with([&](auto& there) { demo = sim::shotgrid::build_demo(there.site); });
        plugin.add_site(site.connection());
    }

    Outcome deliver(Body what, const std::string& session = "") {
        body = std::move(what);
        auto event = testing::shotgrid_event(R"({"type":"EventLogEntry","id":1,"event_type":"Shotgun_Task_Change",)"
                                             R"("session_uuid":")" +
                                             session + "\"}");
        event.site = "sim";
        return plugin.deliver(event).at(0).outcome;
    }
    void set_status(site::Shotgrid& shotgrid, const std::string& status) const {
        shotgrid.update("Task", demo.tasks.at(0).id, Fields().set("sg_status_list", status));
    }

    sim::SimShotgrid site;
    sim::shotgrid::Demo demo;
    Body body;
    std::shared_ptr<ShotgridConnections> connections = std::make_shared<ShotgridConnections>(impatient());
    testing::Plugin plugin{[this](Registrar& registrar) {
        registrar.on({.type = "Shotgun_*"}, [this](const Event& event, Context& context) {
            const auto shotgrid = connections->borrow(event, context);
            body(*shotgrid);
        });
        registrar.every(1h, [this](Context& context) { body(*connections->borrow(context)); }, {.name = "timer"});
    }};
};

}  // namespace

TEST_CASE("a borrowed client is the same from one event to the next, on one connection",
          "[site][shotgrid_connections]") {
    World world;
    REQUIRE(world.plugin.start().kind() == Outcome::Kind::done);
    for (int event = 0; event < 3; ++event) {
        const auto outcome =
            world.deliver([](site::Shotgrid& shotgrid) { CHECK(shotgrid.find_one({.type = "Task"}).IsObject()); });
        CHECK(outcome.kind() == Outcome::Kind::done);
    }
    CHECK(world.site.with([](auto& there) { return there.connections; }) == 1);
    CHECK(world.site.calls("read") == 3);
    CHECK(world.site.calls("info") == 1);
}

TEST_CASE("writes carry the session of the event that is handled, and of no other", "[site][shotgrid_connections]") {
    World world;
    REQUIRE(world.plugin.start().kind() == Outcome::Kind::done);
    const auto last_call = [&] { return world.site.with([](auto& there) { return there.last_call; }); };
    const Body write = [&](site::Shotgrid& shotgrid) { world.set_status(shotgrid, "ip"); };
    REQUIRE(world.deliver(write, "session-7").kind() == Outcome::Kind::done);
    CHECK_THAT(last_call(), Contains(R"("session_uuid":"session-7")"));
    REQUIRE(world.deliver(write).kind() == Outcome::Kind::done);
    CHECK_THAT(last_call(), !Contains("session_uuid"));
    REQUIRE(world.deliver(write, "session-8").kind() == Outcome::Kind::done);
    world.body = write;
    REQUIRE(world.plugin.tick("timer").kind() == Outcome::Kind::done);
    CHECK_THAT(last_call(), !Contains("session_uuid"));
}

TEST_CASE("a dry run tells of writes, without their bodies, and sends none", "[site][shotgrid_connections]") {
    World world;
    world.plugin.dry_run();
    REQUIRE(world.plugin.start().kind() == Outcome::Kind::done);
    const auto outcome = world.deliver([&](site::Shotgrid& shotgrid) {
        CHECK(shotgrid.find({.type = "Task"}).Size() == world.demo.tasks.size());
        world.set_status(shotgrid, "ip");
    });
    CHECK(outcome.kind() == Outcome::Kind::done);
    CHECK(world.site.calls("update") == 0);
    CHECK(world.plugin.logged("dry run, not done: update Task " + std::to_string(world.demo.tasks.at(0).id)));
    CHECK_FALSE(world.plugin.logged(world.site.options().key));
    CHECK_FALSE(world.plugin.logged("script_key"));
}

TEST_CASE("waits between repeated requests are progress, and repetitions are told", "[site][shotgrid_connections]") {
    World world;
    REQUIRE(world.plugin.start().kind() == Outcome::Kind::done);
    const Body read = [&](site::Shotgrid& shotgrid) { shotgrid.find_one({.type = "Task"}); };
    REQUIRE(world.deliver(read).kind() == Outcome::Kind::done);
    world.site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 502}, 2);
    REQUIRE(world.deliver(read).kind() == Outcome::Kind::done);
    CHECK(world.plugin.progress().size() == 2);
    CHECK(world.plugin.logged("Again in"));
    // One failure too many is a retry of the event.
    world.site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 502}, 3);
    CHECK(world.deliver(read).kind() == Outcome::Kind::retry_after);
    REQUIRE(world.deliver(read).kind() == Outcome::Kind::done);
}

TEST_CASE("a site of another kind is refused by name", "[site][shotgrid_connections]") {
    SiteConnection ftrack;
    ftrack.name = "ft";
    ftrack.kind = "ftrack";
    ftrack.url = "https://ftrack.example.com";
    ShotgridConnections connections;
    testing::Plugin plugin{[&](Registrar& registrar) {
        registrar.on_start([&](Context& context) { connections.borrow(context, "ft"); });
    }};
    plugin.add_site(ftrack);
    const auto outcome = plugin.start();
    CHECK(outcome.kind() == Outcome::Kind::failed);
    CHECK_THAT(outcome.why(), Contains("\"ft\" is of the kind ftrack"));
}

TEST_CASE("a transport of one's own is asked for once per site", "[site][shotgrid_connections]") {
    int made = 0;
    ShotgridConnections connections({}, [&](const SiteConnection& site) {
        CHECK(site.name == "sim");
        ++made;
        return std::make_unique<site::FakeTransport>([](const site::Request&) {
            return site::Response{200, {{"Content-Type", "application/json"}}, R"({"results":{"version":[8,72,0]}})"};
        });
    });
    testing::Plugin plugin{[&](Registrar& registrar) {
        registrar.on_start([&](Context& context) {
            connections.borrow(context, "sim")->info();
            const auto outer = connections.borrow(context);
            connections.borrow(context)->info();
            outer->info();
        });
    }};
    SiteConnection shotgrid;
    shotgrid.name = "sim";
    shotgrid.kind = "shotgrid";
    shotgrid.url = "https://studio.example.com";
    shotgrid.user = "daemon";
    shotgrid.secret = Secret("key-1");
    plugin.add_site(shotgrid);
    CHECK(plugin.start().kind() == Outcome::Kind::done);
    CHECK(made == 1);
}
