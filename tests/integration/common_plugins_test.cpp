// The plugins for common uses that ship, in the real daemon, which follows a simulated ShotGrid site: status_flow,
// log_events and protect_final. More of them: common_plugins_more_test.cpp.
#include "integration/harness/show.hpp"

#include "tests/sites/shotgrid/demo.hpp"

#include <foley/site/shotgrid.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <sys/stat.h>

using namespace foley::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using foley::sim::shotgrid::Link;
using HttpFault = foley::sim::shotgrid::HttpFault;

namespace {

// One shipped plugin between a site with a small production and its own settings.
struct Shipped : Show {
    Shipped(const std::string& name, const std::string& settings, const std::string& options = "on_error: retry")
        : Show({.plugins = {{.name = name, .options = options, .settings = settings, .records = false}}}),
          client(site.connection()) {
        site.with([&](auto& world) { demo = foley::sim::shotgrid::build_demo(world.site); });
        daemon.install(name, shipped_plugin(name));
    }
    void set_status(const Link& link, const std::string& status) {
        site.change(link.type, link.id, R"({"sg_status_list":")" + status + "\"}");
    }
    std::string status(const Link& link) {
        const auto entity = client.find_one({.type = link.type,
                                             .filter = foley::site::shotgrid::field("id").is(link.id),
                                             .fields = {"sg_status_list"}});
        return foley::json::to_text(foley::json::member(entity, "sg_status_list"));
    }
    void await_status(const Link& link, const std::string& wanted) {
        daemon.await(link.type + " to be " + wanted, [&] { return status(link) == wanted; });
    }

    foley::site::Shotgrid client;
    foley::sim::shotgrid::Demo demo;
};

constexpr const char* kFlow =
    "hold: 1s, rules: {started: {from: Task, values: [ip], to: entity, types: [Shot], "
    "only_if: {sg_status_list: [wtg]}, set: {sg_status_list: ip}}, "
    "finished: {from: Task, values: [fin], to: entity, types: [Shot], all: {sg_status_list: [fin, na]}, "
    "set: {sg_status_list: fin}}}";

}  // namespace

TEST_CASE("status_flow: tasks that begin and end take their shot with them", "[integration][common_plugins]") {
    Shipped show("status_flow", kFlow);
    const auto shot = show.demo.shots.at(0);
    show.set_status(shot, "wtg");
    show.follow();
    show.set_status(show.demo.tasks.at(0), "ip");
    show.await_status(shot, "ip");
    show.set_status(show.demo.tasks.at(0), "fin");
    show.set_status(show.demo.tasks.at(1), "fin");
    show.await_status(shot, "fin");
    CHECK(show.daemon.plugin("status_flow").failed == 0);
}

TEST_CASE("status_flow: a site that takes no writes for a while costs no change", "[integration][common_plugins]") {
    Shipped show("status_flow", kFlow);
    show.set_status(show.demo.shots.at(0), "wtg");
    show.set_status(show.demo.shots.at(1), "wtg");
    show.follow();
    show.site.fail({.kind = HttpFault::Kind::status, .status = 503, .method = "batch"}, 2);
    show.set_status(show.demo.tasks.at(0), "ip");
    show.set_status(show.demo.tasks.at(2), "ip");
    show.await_status(show.demo.shots.at(0), "ip");
    show.await_status(show.demo.shots.at(1), "ip");
}

TEST_CASE("status_flow: a status that there is not stops the start and is named", "[integration][common_plugins]") {
    Shipped show("status_flow", "rules: {x: {from: Task, values: [finished], to: entity, set: {sg_status_list: fin}}}");
    show.follow();
    show.daemon.await_state("status_flow", "disabled");
    CHECK_THAT(show.daemon.plugin("status_flow").reason,
               Contains("rule x: finished is no value of Task.sg_status_list"));
}

TEST_CASE("log_events: every event is a line once, over kills of the daemon", "[integration][common_plugins]") {
    TemporaryDirectory folder;
    const auto file = folder.path() / "events.jsonl";
    Shipped show("log_events", "path: \"" + file.string() + "\"");
    const auto lines = [&] {
        std::multiset<std::string> out;
        std::ifstream in(file);
        for (std::string line; std::getline(in, line) && !in.eof();)  // one without its end is being written
            out.emplace(foley::json::text_or_empty(foley::json::parse(line), "id"));
        return out;
    };
    std::size_t last = 0;
    for (int round = 0; round < 3; ++round) {
        show.follow();
        show.commit_many(50);
        last += 50;
        show.daemon.await("some lines", [&] { return lines().size() > last - 40; });
        show.daemon.kill();
    }
    show.follow();
    show.daemon.await("all lines", [&] {
        const auto written = lines();
        return std::set<std::string>(written.begin(), written.end()).size() == last;
    });
    CHECK(lines().size() == last);
}

TEST_CASE("protect_final: files that come after the status become read-only when they are there",
          "[integration][common_plugins]") {
    TemporaryDirectory share;
    const auto file = share.path() / "v1" / "x.1001.exr";
    Shipped show("protect_final", "roots: [\"" + share.path().string() +
                                      "\"], hold: 1s, rules: {versions: {type: Version, values: [apr], "
                                      "paths: \"{sg_path_to_frames}\", release: owner}}");
    const auto version = show.demo.versions.at(0);
    show.site.change("Version", version.id,
                     R"({"sg_path_to_frames":")" + (share.path() / "v1" / "x.%04d.exr").string() + "\"}");
    const auto writeable = [&] {
        struct stat status {};
        return ::stat(file.c_str(), &status) == 0 && (status.st_mode & S_IWUSR) != 0;
    };
    show.follow();
    show.set_status(version, "apr");
    // The share is not mounted: its folder is empty.
    show.daemon.await_state("protect_final", "blocked");
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "x";
    show.daemon.await("the file to be read-only", [&] { return !writeable(); });
    show.set_status(version, "rev");
    show.daemon.await("the file to be writeable", writeable);
}
