// The plugin as it ships, against a simulated site and a folder that stands for the share.
#include "unit/rules/sim_world.hpp"
#include "unit/rules/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/stat.h>

using namespace foley;
using Catch::Matchers::Contains;
using Kind = Outcome::Kind;

namespace {

constexpr const char* kRules =
    R"({"final": {"type": "Version", "values": ["apr", "fna"], "paths": ["{sg_path_to_frames}"], "release": "owner"}})";

struct Show : plugin_tests::SimWorld {
    explicit Show(const std::string& rules = kRules) : SimWorld(PROTECT_FINAL_PLUGIN) {
        plugin.set("rules", SettingMap(rules)).set("roots", std::vector<std::string>{folder.path().string()});
        std::ofstream(folder.path() / "mounted") << "x";
        set_status(version, "vwd");
    }
    void make_files() const {
        std::filesystem::create_directories(folder.path() / "v1");
        for (const char* name : {"x.1001.exr", "x.1002.exr", "notes.txt"})
            std::ofstream(folder.path() / "v1" / name) << "x";
    }
    void set_path(const std::string& path) {
        site.change("Version", version.id, R"({"sg_path_to_frames":)" + json::quote(path) + "}");
    }
    std::string frames() const { return (folder.path() / "v1" / "x.%04d.exr").string(); }
    bool writeable(const std::string& name) const {
        struct stat status {};
        REQUIRE(::stat((folder.path() / "v1" / name).c_str(), &status) == 0);
        return (status.st_mode & 0222U) != 0;
    }

    plugin_tests::TemporaryFolder folder;
    plugin_tests::Link version = demo.versions.at(0);
};

}  // namespace

TEST_CASE("the frames of an approved version become read-only, and writeable when it is taken back",
          "[protect_final]") {
    Show show;
    show.start();
    show.make_files();
    show.set_path(show.frames());
    CHECK(show.become(show.version, "apr").kind() == Kind::done);
    CHECK_FALSE(show.writeable("x.1001.exr"));
    CHECK_FALSE(show.writeable("x.1002.exr"));
    CHECK(show.writeable("notes.txt"));
    CHECK(show.plugin.logged("made read-only, 2 files and folders (rule final"));
    CHECK(show.deliver(show.event_of_status(show.version)).kind() == Kind::ignored);
    // Its path is another one by now: what was made read-only is remembered.
    show.set_path("/elsewhere");
    CHECK(show.become(show.version, "rev").kind() == Kind::done);
    CHECK(show.writeable("x.1001.exr"));
    CHECK(show.plugin.state().empty());
    CHECK(show.become(show.version, "vwd").kind() == Kind::ignored);
}

TEST_CASE("what was never protected is not made writeable", "[protect_final]") {
    Show show;
    show.start();
    show.make_files();
    show.set_path(show.frames());
    std::filesystem::permissions(show.folder.path() / "v1" / "x.1001.exr", std::filesystem::perms(0444));
    CHECK(show.become(show.version, "rev").kind() == Kind::ignored);
    CHECK_FALSE(show.writeable("x.1001.exr"));
}

TEST_CASE("a stale event protects nothing", "[protect_final]") {
    Show show;
    show.start();
    show.make_files();
    show.set_path(show.frames());
    const auto event = show.event_of(show.version, "apr");
    show.set_status(show.version, "rev");
    CHECK(show.deliver(event).kind() == Kind::ignored);
    CHECK(show.writeable("x.1001.exr"));
}

TEST_CASE("files that are not there yet are waited for, and so is the share", "[protect_final]") {
    Show show;
    show.start();
    show.set_path(show.frames());
    const auto event = show.event_of(show.version, "apr");
    const auto early = show.deliver(event);
    CHECK(early.kind() == Kind::retry_after);
    CHECK_THAT(early.why(), Contains("is not there yet"));
    std::filesystem::remove(show.folder.path() / "mounted");
    const auto away = show.deliver(event);
    CHECK(away.kind() == Kind::hold);
    CHECK_THAT(away.why(), Contains("is empty, as where nothing is mounted"));
    show.make_files();
    CHECK(show.deliver(event).kind() == Kind::done);
    CHECK_FALSE(show.writeable("x.1001.exr"));
}

TEST_CASE("a path that is filled after the status is protected then", "[protect_final]") {
    Show show;
    show.start();
    show.make_files();
    show.set_path("");
    const auto early = show.become(show.version, "apr");
    CHECK(early.kind() == Kind::failed);
    CHECK_THAT(early.why(), Contains("Version") && Contains("sg_path_to_frames is empty"));
    CHECK(show.deliver(show.change(show.version, "sg_path_to_frames", json::quote(show.frames()))).kind() ==
          Kind::done);
    CHECK_FALSE(show.writeable("x.1001.exr"));
}

TEST_CASE("a path outside of the roots is refused, with the entity's name", "[protect_final]") {
    Show show;
    show.start();
    show.set_path("/etc/passwd");
    const auto outcome = show.become(show.version, "apr");
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(),
               Contains("Version " + std::to_string(show.version.id)) && Contains("beneath none of the roots"));
}

TEST_CASE("a dry run of protection changes no mode and remembers nothing", "[protect_final]") {
    Show show;
    show.plugin.dry_run();
    show.start();
    show.make_files();
    show.set_path(show.frames());
    CHECK(show.become(show.version, "apr").kind() == Kind::done);
    CHECK(show.writeable("x.1001.exr"));
    CHECK(show.plugin.state().empty());
    CHECK(show.plugin.logged("dry run: Version"));
}

TEST_CASE("a site that is away is waited for before files are touched", "[protect_final]") {
    Show show;
    show.start();
    show.make_files();
    show.set_path(show.frames());
    const auto event = show.event_of(show.version, "apr");
    show.site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 503});
    CHECK(show.deliver(event).kind() == Kind::hold);
    CHECK(show.writeable("x.1001.exr"));
}

TEST_CASE("wrong settings of protection end the start with all their faults", "[protect_final]") {
    const auto why = [](const std::string& rules, const std::vector<std::string>& roots = {"/mnt/show"}) {
        Show show(rules);
        show.plugin.set("roots", roots);
        const auto outcome = show.plugin.start();
        CHECK(outcome.kind() == Kind::failed);
        return outcome.why();
    };
    CHECK_THAT(why(kRules, {"relative", "/"}), Contains("\"relative\" must be") && Contains("\"/\" must be"));
    CHECK_THAT(why(R"({"x": {"type": "Version", "paths": "{code}"}})"), Contains("rule x: values is missing"));
    CHECK_THAT(why(R"({"x": {"type": "Version", "values": "fin"}})"), Contains("rule x: paths is missing"));
    CHECK_THAT(why(R"({"x": {"type": "Version", "values": "fin", "paths": "/mnt/show/{nope}"}})"),
               Contains("fin is no value of Version.sg_status_list") && Contains("Version has no field nope"));
}
