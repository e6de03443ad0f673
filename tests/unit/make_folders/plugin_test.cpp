// The built plugin between the simulated site and a folder.
#include "tests/sites/shotgrid/demo.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/testing.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Kind = foley::Outcome::Kind;
namespace fs = std::filesystem;
namespace sim = foley::sim;

namespace {

foley::testing::SavedEvent event_of(const std::string& type, std::int64_t id, const std::string& action,
                                    const std::string& attribute = {}, const std::string& more = {}) {
    auto event = foley::testing::shotgrid_event(
        R"({"id":9,"event_type":"Shotgun_)" + type + "_" + action + R"(","attribute_name":)" +
        (attribute.empty() ? "null" : "\"" + attribute + "\"") +
        R"(,"project":{"type":"Project","id":1,"name":"Demo"},)" + R"("entity":{"type":")" + type + R"(","id":)" +
        std::to_string(id) + R"(},"meta":{"entity_type":")" + type + R"(","entity_id":)" + std::to_string(id) + more +
        "}}");
    event.site = "sim";
    return event;
}

struct Stage {
    Stage() : demo(site.with([](auto& world) { return sim::shotgrid::build_demo(world.site); })) {
        std::string name = (fs::temp_directory_path() / "make_folders_XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        root = name;
        std::ofstream(root / "marker") << "x";
        plugin.add_site(site.connection());
        plugin.set("root", root);
    }
    ~Stage() { fs::remove_all(root); }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void start(const std::string& more = {}) {
        plugin.set("folders",
                   foley::SettingMap(R"({"Sequence":"{project.name}/{code}",)"
                                     R"("Shot":{"path":"{sg_sequence.folder}/{code}","folders":["work/2d"]},)"
                                     R"("Task":"{entity.folder}/{content}")" +
                                     more + "}"));
        const auto outcome = plugin.start();
        INFO(outcome.why());
        REQUIRE(outcome.kind() == Kind::done);
    }
    foley::Outcome deliver(const foley::testing::SavedEvent& event) {
        const auto results = plugin.deliver(event);
        REQUIRE(results.size() == 1);
        return results.front().outcome;
    }
    std::int64_t shot(const std::string& fields) {
        return site.create(
            "Shot", R"({"project":{"type":"Project","id":)" + std::to_string(demo.project.id) + "}," + fields + "}");
    }
    std::string sequence() const {
        return R"("sg_sequence":{"type":"Sequence","id":)" + std::to_string(demo.sequences[0].id) + "}";
    }
    bool has(const std::string& path) const { return fs::is_directory(root / path); }

    sim::SimShotgrid site;
    sim::shotgrid::Demo demo;
    fs::path root;
    foley::testing::Plugin plugin{fs::path(MAKE_FOLDERS_PLUGIN)};
};

}  // namespace

TEST_CASE("an entity that is made or revived gets its folders, once", "[make_folders][plugin]") {
    Stage stage;
    stage.start();
    const auto id = stage.shot(R"("code":"sh 900",)" + stage.sequence());
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::done);
    CHECK(stage.has("Demo/sq010/sh_900/work/2d"));
    CHECK(stage.plugin.logged("made beneath"));
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::done);
    fs::remove_all(stage.root / "Demo/sq010/sh_900");
    CHECK(stage.deliver(event_of("Shot", id, "Revival")).kind() == Kind::done);
    CHECK(stage.has("Demo/sq010/sh_900/work/2d"));
    CHECK(stage.deliver(event_of("Task", stage.demo.tasks[0].id, "New")).kind() == Kind::done);
    CHECK(stage.has("Demo/sq010/sq010_sh010/Anim"));
}

TEST_CASE("what the site says now counts, not the event", "[make_folders][plugin]") {
    Stage stage;
    stage.start();
    const auto id = stage.shot(R"("code":"first",)" + stage.sequence());
    stage.site.change("Shot", id, R"({"code":"second"})");
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::done);
    CHECK(stage.has("Demo/sq010/second"));
    CHECK_FALSE(stage.has("Demo/sq010/first"));
    stage.site.retire("Shot", id);
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::ignored);
    CHECK(stage.deliver(event_of("Shot", id, "Retirement")).kind() == Kind::ignored);
    CHECK(stage.deliver(event_of("Version", 1, "New")).kind() == Kind::ignored);
    CHECK(stage.deliver(event_of("Shot", id, "Change", "description")).kind() == Kind::ignored);
    CHECK(stage.deliver(event_of("Shot", id, "Change", "code", R"(,"in_create":true)")).kind() == Kind::ignored);
}

TEST_CASE("an empty field fails, is tried again or is waited for", "[make_folders][plugin]") {
    const std::string word = GENERATE("fail", "retry", "wait");
    Stage stage;
    stage.plugin.set("missing", word);
    stage.start();
    const auto id = stage.shot(R"("code":"sh900")");
    const auto outcome = stage.deliver(event_of("Shot", id, "New"));
    CHECK(outcome.kind() == (word == "fail" ? Kind::failed : word == "retry" ? Kind::retry_after : Kind::done));
    if (word != "wait") CHECK_THAT(outcome.why(), Contains("Shot " + std::to_string(id) + ": sg_sequence"));
    stage.site.change("Shot", id, "{" + stage.sequence() + "}");
    CHECK(stage.deliver(event_of("Shot", id, "Change", "sg_sequence")).kind() == Kind::done);
    CHECK(stage.has("Demo/sq010/sh900"));
}

TEST_CASE("nothing is moved when an entity is renamed", "[make_folders][plugin]") {
    const bool make = GENERATE(false, true);
    Stage stage;
    if (make) stage.plugin.set("on_rename", "make");
    stage.start();
    const auto id = stage.shot(R"("code":"before",)" + stage.sequence());
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::done);
    stage.site.change("Shot", id, R"({"code":"after"})");
    CHECK(stage.deliver(event_of("Shot", id, "Change", "code")).kind() == Kind::done);
    CHECK(stage.plugin.logged("Demo/sq010/after"));
    CHECK(stage.has("Demo/sq010/before/work/2d"));
    CHECK(stage.has("Demo/sq010/after") == make);
    if (make) return;
    // Someone moves it by hand: that is where it is from then on.
    fs::rename(stage.root / "Demo/sq010/before", stage.root / "Demo/sq010/after");
    CHECK(stage.deliver(event_of("Shot", id, "Change", "code")).kind() == Kind::done);
    CHECK(stage.plugin.logged("was moved"));
    CHECK(stage.plugin.state().at("path/Shot/" + std::to_string(id)) == "Demo/sq010/after");
}

TEST_CASE("a root or a site that is away is waited for", "[make_folders][plugin]") {
    Stage stage;
    stage.start();
    const auto id = stage.shot(R"("code":"sh900",)" + stage.sequence());
    fs::rename(stage.root, stage.root.string() + "-away");
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::hold);
    fs::rename(stage.root.string() + "-away", stage.root);
    stage.site.fail({.kind = sim::shotgrid::HttpFault::Kind::status, .status = 503});
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::hold);
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::done);
}

TEST_CASE("a dry run makes nothing and says what it would", "[make_folders][plugin]") {
    Stage stage;
    stage.plugin.dry_run();
    stage.start();
    const auto id = stage.shot(R"("code":"sh900",)" + stage.sequence());
    CHECK(stage.deliver(event_of("Shot", id, "New")).kind() == Kind::done);
    CHECK_FALSE(stage.has("Demo"));
    CHECK(stage.plugin.logged("would make"));
    CHECK(stage.plugin.state().empty());
}

TEST_CASE("only the projects that are wanted", "[make_folders][plugin]") {
    Stage stage;
    stage.plugin.set("exclude_projects", std::vector<std::string>{"Demo"});
    stage.start();
    CHECK(stage.deliver(event_of("Shot", stage.demo.shots[0].id, "New")).kind() == Kind::ignored);
}

TEST_CASE("wrong settings refuse the start, all of them at once", "[make_folders][plugin]") {
    Stage stage;
    stage.plugin.set("mode", "9");
    stage.plugin.set("folders", foley::SettingMap(R"({"Shot":{"path":"{code}","folder":["x"]},"Task":"{a b}"})"));
    const auto outcome = stage.plugin.start();
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Contains("folders.Shot: there is no \"folder\"") && Contains("folders.Task"));

    Stage other;
    other.plugin.set("folders", foley::SettingMap(R"({"Shot":"{sg_nope}","Task":"{entity.Shot.sg_nope2}"})"));
    const auto schema = other.plugin.start();
    CHECK(schema.kind() == Kind::failed);
    CHECK_THAT(schema.why(), Contains("sg_nope") && Contains("sg_nope2"));
}
