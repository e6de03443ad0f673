// The built plugin, as the daemon's host would load it, against the simulated ftrack site and a local folder.
#include "plugin_studio.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack_test;
using namespace std::chrono_literals;

TEST_CASE("the plugin labels what an artist chose, and makes the attribute for it", "[hammertrack][plugin]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    CHECK(plugin->logged("\"hs_location\" of tasks was created"));
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul", "lax"});
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(studio.labels(one.folder) == Names{"yul", "lax"});
    studio.choose(one.id, {"lax"});
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(studio.labels(one.folder) == Names{"lax"});
    CHECK(only(plugin->deliver(changed(one.id, "statusid"))).kind() == Kind::ignored);
}

TEST_CASE("a version's files are labelled when they arrive", "[hammertrack][plugin]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.version, {"yyz"});
    CHECK(only(plugin->deliver(changed(one.version, "hs_location", "AssetVersion"))).kind() == Kind::retry_after);
    const std::string frames = one.frames.substr(0, one.frames.rfind('/'));
    std::filesystem::create_directories(studio.folder.path() / frames);
    std::filesystem::copy_file("/proc/self/cmdline", studio.folder.path() / one.file);
    const auto arrived = foley::testing::ftrack_event(
        R"({"id": "e-2", "topic": "ftrack.location.component-added", "data": {"component_id": ")" + one.file_component +
        R"(", "location_id": ")" + studio.demo.location + "\"}}");
    CHECK(only(plugin->deliver(arrived)).kind() == Kind::done);
    CHECK(studio.labels(one.file) == Names{"yyz"});
    CHECK(studio.labels(frames) == Names{"yyz"});
}

TEST_CASE("a shot that is renamed takes its labels along", "[hammertrack][plugin]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    const std::string shot = studio.demo.shots.at(0);
    studio.site.with([&](foley::sim::SimFtrack::World& world) { world.site.rename(shot, "New Name"); });
    CHECK(only(plugin->deliver(changed(shot, "name", "Shot"))).kind() == Kind::retry_after);
    CHECK(studio.labels(one.folder) == Names{"yul"});
    const std::string renamed = one.folder.substr(0, one.folder.rfind('/')) + "/new_name";
    std::filesystem::create_directories(studio.folder.path() / renamed);
    CHECK(only(plugin->deliver(changed(shot, "name", "Shot"))).kind() == Kind::done);
    CHECK(studio.labels(renamed) == Names{"yul"});
    CHECK(studio.labels(one.folder).empty());
}

TEST_CASE("what was changed while nobody listened is mended after a gap", "[hammertrack][plugin]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    settle(*plugin);
    CHECK(studio.labels(one.folder).empty());
    plugin->gap("studio", std::nullopt, std::nullopt);
    settle(*plugin);
    CHECK(studio.labels(one.folder) == Names{"yul"});
    studio.choose(one.id, {});
    plugin->gap("studio", std::nullopt, std::nullopt);
    settle(*plugin);
    CHECK(studio.labels(one.folder).empty());
}

TEST_CASE("a site or a share that is away holds everything, and nothing is lost", "[hammertrack][plugin]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    SECTION("the site") {
        studio.site.stop_listening();
        CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::hold);
        CHECK(plugin->tick("reconcile").kind() == Kind::done);
        studio.site.listen_again();
    }
    SECTION("the share") {
        const auto aside = studio.folder.path().string() + ".aside";
        std::filesystem::rename(studio.folder.path(), aside);
        CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::hold);
        std::filesystem::rename(aside, studio.folder.path());
    }
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(studio.labels(one.folder) == Names{"yul"});
}

TEST_CASE("the start waits for the weather and refuses what cannot be right", "[hammertrack][plugin]") {
    Studio studio;
    SECTION("no share") {
        auto plugin = studio.plugin();
        plugin->set("mount", std::string("/no/such/folder"));
        CHECK(plugin->start().kind() == Kind::hold);
    }
    SECTION("no site") {
        auto plugin = studio.plugin();
        studio.site.stop_listening();
        CHECK(plugin->start().kind() == Kind::hold);
    }
    SECTION("a label that can be none") {
        auto plugin = studio.plugin();
        plugin->set("menu", foley::SettingMap(R"({"y ul": "Montreal"})"));
        const auto outcome = plugin->start();
        CHECK(outcome.kind() == Kind::failed);
        CHECK_THAT(outcome.why(), Catch::Contains("cannot be a label"));
    }
    SECTION("an ordinary folder instead of a share") {
        auto plugin = studio.plugin();
        plugin->set("label_store", "gateway");
        const auto outcome = plugin->start();
        CHECK(outcome.kind() == Kind::hold);
        CHECK_THAT(outcome.why(), Catch::Contains("no Hammerspace share"));
    }
}

TEST_CASE("a dry run changes neither the share nor ftrack nor its memory", "[hammertrack][plugin]") {
    Studio studio;
    {
        auto plugin = studio.plugin();
        REQUIRE(plugin->start().kind() == Kind::done);
    }
    auto plugin = studio.plugin();
    plugin->dry_run();
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(studio.labels(one.folder).empty());
    CHECK(plugin->logged("dry run: would label " + one.folder + ": add yul"));
    CHECK(plugin->state().empty());
}

TEST_CASE("a value that is in no menu is an error in the log, and the others go on", "[hammertrack][plugin]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul", "mars"});
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(plugin->logged("The value \"mars\" of task/" + one.id + " (event e-1)"));
    CHECK(studio.labels(one.folder) == Names{"yul"});
}

TEST_CASE("what the share refuses fails, to be tried again and then kept as a dead letter", "[hammertrack][plugin]") {
    if (!can_mount()) return;
    Studio studio;
    const Folder mount_point;
    foley::sites::MountedShare share(studio.folder.path(), mount_point.path());
    share.model().define_label("yul");  // and not lax
    auto plugin = studio.plugin();
    plugin->set("label_store", "gateway").set("mount", mount_point.path().string());
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul", "lax"});
    const auto outcome = only(plugin->deliver(changed(one.id)));
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Catch::Contains("label 'lax' is not defined"));
    CHECK(plugin->callbacks().front().on_error == foley::OnError::retry);
    share.model().define_label("lax");
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(share.model().labels(one.folder) == Names{"yul", "lax"});
}

TEST_CASE("a share that hangs holds, and what hung does not overtake what came after", "[hammertrack][plugin]") {
    if (!can_mount()) return;
    Studio studio;
    const Folder mount_point;
    foley::sites::MountedShare share(studio.folder.path(), mount_point.path());
    for (const std::string label : {"yul", "lax", "yyz"})
        share.model().define_label(label);
    auto plugin = studio.plugin();
    plugin->set("label_store", "gateway").set("mount", mount_point.path().string()).set("operation_timeout", 1s);
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    share.faults().set(foley::sites::ShareFault::hang_close);
    const auto outcome = only(plugin->deliver(changed(one.id)));
    CHECK(outcome.kind() == Kind::hold);
    CHECK_THAT(outcome.why(), Catch::Contains("took longer than"));
    CHECK_THAT(only(plugin->deliver(changed(one.id))).why(), Catch::Contains("still hangs"));
    share.faults().clear();
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (only(plugin->deliver(changed(one.id))).kind() == Kind::hold)
        REQUIRE(std::chrono::steady_clock::now() < until);
    CHECK(share.model().labels(one.folder) == Names{"yul"});
}
