// The built plugin and a site that fails, changes its attribute, or answers oddly.
#include "plugin_studio.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack_test;
using foley::sim::ApiFault;
using World = foley::sim::SimFtrack::World;

namespace {

const std::vector<std::pair<std::string, std::string>> kMenu{
    {"Montreal", "yul"}, {"Los Angeles", "lax"}, {"Toronto", "yyz"}};

const ApiFault kDatabase{ApiFault::Kind::error_object, 500, "OperationalError"};
const ApiFault kRefusal{ApiFault::Kind::error_object, 200, "ValidationError"};
constexpr unsigned kAlways = 1000;

// One event about many.
foley::testing::SavedEvent changed_all(const std::vector<std::string>& tasks, const std::string& version) {
    std::string entities;
    for (const auto& id : tasks)
        entities += R"({"entity_type": "Task", "entityType": "task", "entityId": ")" + id +
                    R"(", "action": "update", "keys": ["hs_location"]}, )";
    auto event =
        foley::testing::ftrack_event(R"({"id": "e-9", "topic": "ftrack.update", "data": {"entities": [)" + entities +
                                     R"({"entity_type": "AssetVersion", "entityType": "assetversion", "entityId": ")" +
                                     version + R"(", "action": "update", "keys": ["hs_location"]}]}})");
    event.received_at = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    return event;
}

}  // namespace

TEST_CASE("a site that fails at the start, in whatever way, is waited for", "[hammertrack][plugin][site]") {
    Studio studio;
    auto plugin = studio.plugin();
    const std::vector<ApiFault> faults{kDatabase,
                                       {ApiFault::Kind::status, 403},
                                       {ApiFault::Kind::status, 404},
                                       {ApiFault::Kind::html},
                                       {ApiFault::Kind::error_object, 403, "PermissionError"},
                                       kRefusal};
    const ApiFault& fault = faults.at(GENERATE(range<std::size_t>(0, 6)));
    studio.site.fail_api(fault, kAlways);
    CHECK(plugin->start().kind() == Kind::hold);
    studio.site.mend_api();
    CHECK(plugin->start().kind() == Kind::done);
}

TEST_CASE("an address that can be none is refused at the start", "[hammertrack][plugin][site]") {
    Studio studio;
    const auto outcome = studio.plugin("studio.example.com")->start();
    CHECK(outcome.kind() == Kind::failed);
    CHECK_THAT(outcome.why(), Catch::Contains("https://"));
}

TEST_CASE("a site that answers nothing sensible holds an event, one that refuses this alone does not",
          "[hammertrack][plugin][site]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    for (const ApiFault& fault : {kDatabase, kRefusal, ApiFault{ApiFault::Kind::status, 404}}) {
        studio.site.fail_api(fault, kAlways);
        CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::hold);
        studio.site.mend_api();
    }
    studio.site.fail_api(kDatabase);
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::retry_after);
    studio.site.fail_api(kRefusal);
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::failed);
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(studio.labels(one.folder) == Names{"yul"});
}

TEST_CASE("an attribute that is made anew, or added for one project, is found with its first change",
          "[hammertrack][plugin][site]") {
    Studio studio;
    const auto add = [&](World& world, const std::string& project) {
        return world.site.add_configuration("hs_location", "task", foley::sim::kTaskType, kMenu, {false, project});
    };
    const auto first = studio.site.with([&](World& world) { return add(world, ""); });
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    SECTION("anew, with the same value") {
        studio.choose(one.id, {"yul"});
        CHECK(only(plugin->deliver(changed(one.id, "hs_location", "Task", "update", "yul"))).kind() == Kind::done);
        studio.site.with([&](World& world) {
            world.site.remove_configuration(first);
            return add(world, "");
        });
    }
    SECTION("for one project, where there is a value already") {
        studio.choose(one.id, {"lax"});
        CHECK(only(plugin->deliver(changed(one.id, "hs_location", "Task", "update", "lax"))).kind() == Kind::done);
        studio.site.with([&](World& world) { return add(world, studio.demo.project); });
    }
    studio.choose(one.id, {"yul"});
    CHECK(only(plugin->deliver(changed(one.id, "hs_location", "Task", "update", "yul"))).kind() == Kind::done);
    CHECK(studio.labels(one.folder).count("yul") == 1);
    CHECK_FALSE(plugin->logged("remove yul"));  // nor was it gone in between
}

TEST_CASE("an event that says what ftrack has is handled with three questions", "[hammertrack][plugin][site]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    const auto asked = [&] { return studio.site.with([](World& world) { return world.api_requests; }); };
    studio.choose(one.id, {"yul"});
    const auto before = asked();
    CHECK(only(plugin->deliver(changed(one.id, "hs_location", "Task", "update", "yul"))).kind() == Kind::done);
    CHECK(asked() - before == 3);
    CHECK(only(plugin->deliver(changed(one.id, "hs_location", "Task", "update", "lax"))).kind() == Kind::done);
    CHECK(asked() - before == 7);  // it may be late, or the attribute another one
    CHECK(only(plugin->deliver(changed(one.id, "hs_location", "Task", "update", "lax"))).kind() == Kind::done);
    CHECK(asked() - before == 10);  // not with each of many late ones
}

TEST_CASE("a value of a shot or a sequence labels nothing", "[hammertrack][plugin][site]") {
    Studio studio;
    studio.site.with([&](World& world) {
        return world.site.add_configuration("hs_location", "task", "", kMenu, {true, ""});
    });
    studio.choose(studio.demo.shots.at(0), {"yul"});
    studio.choose(studio.demo.sequences.at(0), {"lax"});
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    const std::string sequence = one.folder.substr(0, one.folder.rfind('/'));
    CHECK(studio.labels("demo").empty());
    CHECK(studio.labels(sequence).empty());
    CHECK(studio.labels(one.folder).empty());
}

TEST_CASE("a task without its link does not label the project", "[hammertrack][plugin][site]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    studio.site.with([](World& world) { world.faults.no_link = true; });
    CHECK(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    CHECK(studio.labels("demo").empty());
    CHECK(plugin->logged("its link is missing"));
}

TEST_CASE("of many entities in one event none takes away what another one wants", "[hammertrack][plugin][site]") {
    Studio studio;
    auto plugin = studio.plugin();
    REQUIRE(plugin->start().kind() == Kind::done);
    settle(*plugin);
    const auto& one = studio.demo.tasks.at(0);
    studio.choose(one.id, {"yul"});
    REQUIRE(only(plugin->deliver(changed(one.id))).kind() == Kind::done);
    // A version in the shot's own folder, which comes after more than fifty tasks.
    std::filesystem::create_directories((studio.folder.path() / one.frames).parent_path());
    std::filesystem::copy_file("/proc/self/cmdline", studio.folder.path() / one.file);
    studio.site.with([&](World& world) {
        world.site.add_component_location(one.file_component, studio.demo.location, one.folder + "/all.%04d.exr");
    });
    studio.choose(one.id, {});
    studio.choose(one.version, {"yul"});
    std::vector<std::string> tasks{one.id};
    for (int i = 0; i < 60; ++i)
        tasks.push_back("gone-" + std::to_string(i));
    CHECK(only(plugin->deliver(changed_all(tasks, one.version))).kind() == Kind::done);
    CHECK(studio.labels(one.folder) == Names{"yul"});
    CHECK_FALSE(plugin->logged("remove yul"));
}
