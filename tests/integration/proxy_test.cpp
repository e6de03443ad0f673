// Sites that are reached only through a proxy which wants a user and a password: sources and plugins, in the real
// daemon.
#include "tests/sites/http/proxy.hpp"

#include "integration/harness/show.hpp"

#include "core/os/files.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"
#include "tests/sites/shotgrid/demo.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace foley::testing;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;
namespace sim = foley::sim;

namespace {

const std::string kPassword = "s3cr3t-and-very-long";

struct AddressFile {
    explicit AddressFile(const std::string& address) : path(folder.path() / "proxy") {
        std::ofstream(path) << address << "\n";
        fs::permissions(path, fs::perms(0600));
    }
    TemporaryDirectory folder;
    fs::path path;
};

std::string site_text(const std::string& kind, const std::string& user, const AddressFile& proxy) {
    return "  studio: {kind: " + kind + ", url: \"http://studio.invalid\", user: " + user +
           ", api_key: {env: FOLEY_TEST_FTRACK_KEY}, proxy: {file: " + proxy.path.string() + "}}\n";
}

std::string arguments_and_environment(int pid) {
    const std::string process = "/proc/" + std::to_string(pid);
    return foley::core::read_file(process + "/cmdline") + foley::core::read_file(process + "/environ");
}

bool asks_for(const std::vector<std::string>& passed, const std::string& what) {
    return std::find(passed.begin(), passed.end(), what) != passed.end();
}

void check_nothing_is_shown(Daemon& daemon, const std::string& plugin) {
    for (const std::string& target :
         {std::string("/v1/status"), std::string("/v1/sources"), "/v1/plugins/" + plugin, std::string("/v1/plugins")})
        CHECK_THAT(daemon.request("GET", target).body, !Contains(kPassword));
    CHECK_THAT(daemon.run_foleyd({"--check"}).told(), !Contains(kPassword));
    CHECK_THAT(arguments_and_environment(daemon.pid()), !Contains(kPassword));
    if (const int pid = daemon.plugin(plugin).pid; pid != 0)
        CHECK_THAT(arguments_and_environment(pid), !Contains(kPassword));
    CHECK(daemon.stop().exit_code() == 0);
    CHECK_THAT(daemon.log_tail(100000), !Contains(kPassword));
}

}  // namespace

TEST_CASE("a ShotGrid source and a plugin's client go through a proxy with a login", "[integration][proxy]") {
    sim::SimShotgrid site;
    const auto demo = site.with([](auto& world) { return sim::shotgrid::build_demo(world.site); });
    const sim::SimProxy proxy("anna", kPassword, site.port());
    const AddressFile address(proxy.url("anna:" + kPassword));
    ::setenv("FOLEY_TEST_FTRACK_KEY", site.options().key.c_str(), 1);
    Daemon daemon({.plugins = {{.name = "status_flow",
                                .settings = "rules: {x: {from: Task, values: [ip], to: entity, types: [Shot], set: "
                                            "{sg_status_list: ip}}}",
                                .records = false}},
                   .sites = site_text("shotgrid", site.options().script, address),
                   .sources = "  shows: {kind: shotgrid, site: studio, poll: 50ms, poll_idle: 100ms}\n",
                   .lines_source = false});
    daemon.install("status_flow", shipped_plugin("status_flow"));
    daemon.start();
    daemon.await("the source to follow", [&] { return daemon.source("shows").state == "live"; });
    const auto writes = site.calls("batch") + site.calls("update");
    site.change("Task", demo.tasks[0].id, R"({"sg_status_list":"ip"})", demo.jane);
    daemon.await("the plugin to write", [&] { return site.calls("batch") + site.calls("update") > writes; });
    daemon.await_state("status_flow", "running");
    CHECK(asks_for(proxy.passed(), "POST http://studio.invalid/api3/json"));
    check_nothing_is_shown(daemon, "status_flow");
}

TEST_CASE("an ftrack source follows the hub through a proxy with a login", "[integration][proxy]") {
    sim::SimFtrack site;
    const sim::SimProxy proxy("anna", kPassword, site.port());
    const AddressFile address(proxy.url("anna:" + kPassword));
    ::setenv("FOLEY_TEST_FTRACK_KEY", site.options().key.c_str(), 1);
    Daemon daemon({.plugins = {{.name = "a"}},
                   .sites = site_text("ftrack", site.options().user, address),
                   .sources = "  hub: {kind: ftrack, site: studio}\n",
                   .lines_source = false});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await("the source to follow", [&] { return daemon.source("hub").state == "live"; });
    site.publish("ftrack.update", R"({"entities":[]})");
    daemon.await("the event to be handled", [&] { return daemon.handled("a").events().size() == 1; });
    CHECK(asks_for(proxy.passed(), "CONNECT studio.invalid:80"));
    check_nothing_is_shown(daemon, "a");
}

TEST_CASE("a proxy that does not take the login is said, without the login", "[integration][proxy]") {
    const bool ftrack = GENERATE(false, true);
    sim::SimFtrack site;
    const sim::SimProxy proxy("anna", "another", site.port());
    const AddressFile address(proxy.url("anna:" + kPassword));
    ::setenv("FOLEY_TEST_FTRACK_KEY", "key", 1);
    const std::string kind = ftrack ? "ftrack" : "shotgrid";
    Daemon daemon({.plugins = {{.name = "a"}},
                   .sites = site_text(kind, "foley", address),
                   .sources = "  hub: {kind: " + kind + ", site: studio}\n",
                   .lines_source = false});
    daemon.install_recorder("a");
    daemon.start();
    daemon.await("the source to say so", [&] {
        const SourceView hub = daemon.source("hub");
        return hub.state == "refused" && hub.detail.find("the proxy wants a user and password") != std::string::npos;
    });
    CHECK(proxy.passed().empty());
    check_nothing_is_shown(daemon, "a");
}
