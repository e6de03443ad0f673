// What is asked of ftrack and made of its answers, against the simulated site without its sockets.
#include "fake_tracker.hpp"
#include "hammertrack/attribute_ids.hpp"
#include "hammertrack/attribute_setup.hpp"
#include "hammertrack/ftrack_tracker.hpp"
#include "share_fixture.hpp"

#include "tests/sites/ftrack/demo.hpp"
#include "tests/sites/ftrack/site.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>

using namespace hammertrack;
using namespace hammertrack_test;
namespace json = foley::json;

namespace {

class Ftrack {
public:
    explicit Ftrack(bool configurations = true) {
        foley::sim::DemoOptions options;
        options.configurations = configurations;
        demo = foley::sim::build_demo(site, options);
        foley::SiteConnection connection;
        connection.url = "https://studio.example.com";
        connection.user = "robot";
        connection.secret = foley::Secret("key");
        foley::site::FtrackOptions api;
        api.page_size = 3;
        client = std::make_unique<foley::site::Ftrack>(
            connection,
            std::make_unique<foley::site::FakeTransport>([this](const auto& request) { return answer(request); }), api);
    }

    std::unique_ptr<FtrackTracker> tracker(TaskPath mode = TaskPath::parent) {
        auto result = std::make_unique<FtrackTracker>(*client, FtrackTracker::Options{mode, demo.location, "/mnt/hs"});
        for (const auto& [kind, ids] : setup(AttributeMode::check).find())
            result->set_configurations(kind, ids);
        return result;
    }
    AttributeSetup setup(AttributeMode mode) {
        return {*client,
                {"hs_location",
                 "Hammerspace Location",
                 attribute_menu(LabelMenu(kOptions)),
                 mode,
                 {EntityKind::task, EntityKind::version}},
                journal.log()};
    }

    foley::sim::Site site{[](const std::string&) {}};
    foley::sim::Demo demo;
    std::unique_ptr<foley::site::Ftrack> client;
    Journal journal;
    bool forbid_writes = false;
    bool no_link = false;
    std::size_t writes = 0;

private:
    foley::site::Response answer(const foley::site::Request& request) {
        const auto operations = json::parse(request.body);
        std::string body;
        try {
            for (const auto& operation : operations.GetArray()) {
                const auto action = json::text_or_empty(operation, "action");
                if (action == "create" || action == "update") {
                    ++writes;
                    if (forbid_writes) throw foley::sim::ApiError("PermissionError", "You may not edit the workflow.");
                }
                json::Document result;
                site.operate(operation, {}, true, result);
                if (no_link) {
                    for (auto& row : result["data"].GetArray())
                        row.RemoveMember("link");
                }
                body += (body.empty() ? "" : ",") + json::stringify(result);
            }
        } catch (const foley::sim::ApiError& error) {
            return {static_cast<int>(error.status()),
                    {},
                    R"({"exception":)" + json::quote(error.exception()) + R"(,"content":)" + json::quote(error.what()) +
                        "}"};
        }
        return {200, {}, "[" + body + "]"};
    }
};

}  // namespace

TEST_CASE("tasks are located by their link and their project's short name", "[hammertrack][ftrack]") {
    Ftrack ftrack;
    const auto& one = ftrack.demo.tasks.at(0);
    const auto found = ftrack.tracker()->locate({task(one.id), task("no-such-task"), task("not an id\"")});
    REQUIRE(found.size() == 1);
    const Whereabouts& where = found.at(task(one.id));
    REQUIRE(where.paths.found.size() == 1);
    CHECK(where.paths.found[0].text() == one.folder);
    CHECK(where.above.count(ftrack.demo.project) == 1);
    CHECK(where.above.count(ftrack.demo.shots.at(0)) == 1);
    CHECK(where.parent == ftrack.demo.shots.at(0));
    const auto own = ftrack.tracker(TaskPath::task)->locate({task(one.id)});
    CHECK(own.at(task(one.id)).paths.found[0].text() == one.folder + "/" + one.name);
}

TEST_CASE("what is no task is not taken for one, and a task without its link is not located", "[hammertrack][ftrack]") {
    Ftrack ftrack;
    const auto& one = ftrack.demo.tasks.at(0);
    const auto tracker = ftrack.tracker();
    CHECK(tracker->locate({task(ftrack.demo.shots.at(0)), task(ftrack.demo.sequences.at(0)), task(ftrack.demo.project)})
              .empty());
    ftrack.no_link = true;
    const auto found = tracker->locate({task(one.id)});
    REQUIRE(found.size() == 1);
    CHECK(found.at(task(one.id)).unclear);
    CHECK(found.at(task(one.id)).paths.found.empty());
    CHECK_THAT(found.at(task(one.id)).paths.refused.at(0), Catch::Contains("its link is missing"));
}

TEST_CASE("versions are located by their components at the central storage", "[hammertrack][ftrack]") {
    Ftrack ftrack;
    const auto& one = ftrack.demo.tasks.at(0);
    const auto tracker = ftrack.tracker();
    const auto found = tracker->locate({version(one.version)});
    const auto& paths = found.at(version(one.version)).paths.found;
    REQUIRE(paths.size() == 2);
    CHECK(paths[0].text() == one.file);
    CHECK(paths[1].text() == one.frames.substr(0, one.frames.rfind('/')));
    CHECK(found.at(version(one.version)).above.count(one.file_component) == 1);
    CHECK(tracker->version_of_component(one.file_component) == version(one.version));
    CHECK_FALSE(tracker->version_of_component("no-such-component"));
}

TEST_CASE("the tasks of a shot are found, and what they carry", "[hammertrack][ftrack]") {
    Ftrack ftrack;
    const auto tracker = ftrack.tracker();
    const auto& tasks = ftrack.demo.tasks;
    const auto siblings = tracker->tasks_of({ftrack.demo.shots.at(0)});
    CHECK(siblings.at(ftrack.demo.shots.at(0)).size() == 2);
    ftrack.site.set_choices(tasks[0].id, "hs_location", {"yul", "lax"});
    ftrack.site.set_choices(tasks[1].version, "hs_location", {"muc"});
    const auto values = tracker->values({task(tasks[0].id), task(tasks[1].id), version(tasks[1].version)});
    CHECK(values.at(task(tasks[0].id)) == Values{"yul", "lax"});
    CHECK(values.at(version(tasks[1].version)) == Values{"muc"});
}

TEST_CASE("all entities with the attribute come page by page, each once", "[hammertrack][ftrack]") {
    Ftrack ftrack;
    const auto tracker = ftrack.tracker();
    for (const auto& each : ftrack.demo.tasks)
        ftrack.site.set_choices(each.id, "hs_location", {"yul"});
    std::set<Entity> seen;
    std::string after;
    while (true) {
        const auto page = tracker->page(EntityKind::task, after, 5);
        for (const auto& [entity, values] : page.rows) {
            CHECK(values == Values{"yul"});
            CHECK(seen.insert(entity).second);
        }
        if (!page.more) break;
        after = page.last;
    }
    CHECK(seen.size() == ftrack.demo.tasks.size());
}

TEST_CASE("a value is a list, a text with commas, or nothing", "[hammertrack][ftrack]") {
    CHECK(values_in(json::parse(R"(["yul", "lax"])")) == Values{"yul", "lax"});
    CHECK(values_in(json::parse(R"("yul, lax")")) == Values{"yul", "lax"});
    CHECK(values_in(json::parse(R"("yul,lax,")")) == Values{"yul", "lax"});
    CHECK(values_in(json::parse(R"("")")).empty());
    CHECK(values_in(json::parse("null")).empty());
}

TEST_CASE("a missing attribute is created with the menu, once", "[hammertrack][attribute]") {
    Ftrack ftrack(false);
    const auto made = ftrack.setup(AttributeMode::create).ensure();
    CHECK(made.at(EntityKind::task).size() == 1);
    CHECK(made.at(EntityKind::version).size() == 1);
    CHECK(ftrack.writes == 2);
    CHECK(ftrack.setup(AttributeMode::create).ensure() == made);
    CHECK(ftrack.writes == 2);
    CHECK(ftrack.journal.count(Level::warning) == 0);
}

TEST_CASE("an administrator's edits are reported, and overwritten only when asked to", "[hammertrack][attribute]") {
    Ftrack ftrack(false);
    ftrack.site.add_configuration("hs_location", "task", foley::sim::kTaskType, {{"Montreal", "yul"}, {"Rome", "fco"}});
    ftrack.setup(AttributeMode::check).ensure();
    CHECK(ftrack.writes == 0);
    CHECK(ftrack.journal.says("\"fco\" (Rome), which is no configured label"));
    CHECK(ftrack.journal.says("of asset versions does not exist"));
    ftrack.setup(AttributeMode::create).ensure();
    CHECK(ftrack.writes == 1);
    ftrack.setup(AttributeMode::overwrite).ensure();
    CHECK(ftrack.writes == 2);
    ftrack.journal.lines.clear();
    ftrack.setup(AttributeMode::check).ensure();
    CHECK(ftrack.journal.lines.empty());
}

TEST_CASE("one project's own attribute is followed, is none for the others, and is never rewritten",
          "[hammertrack][attribute]") {
    Ftrack ftrack(false);
    const auto own = ftrack.site.add_configuration("hs_location", "task", foley::sim::kTaskType, {{"Rome", "fco"}},
                                                   {false, ftrack.demo.project});
    const auto made = ftrack.setup(AttributeMode::create).ensure();
    CHECK(ftrack.writes == 2);
    CHECK(made.at(EntityKind::task).size() == 2);
    CHECK(std::count(made.at(EntityKind::task).begin(), made.at(EntityKind::task).end(), own) == 1);
    CHECK(ftrack.journal.says("in the project " + ftrack.demo.project + " alone is followed too"));
    CHECK(ftrack.journal.says("\"fco\" (Rome), which is no configured label"));
    ftrack.setup(AttributeMode::overwrite).ensure();
    CHECK(ftrack.writes == 2);
}

TEST_CASE("the attribute's ids are read again when an event and what is found differ", "[hammertrack][attribute]") {
    Ftrack ftrack(false);
    auto setup = ftrack.setup(AttributeMode::create);
    FtrackTracker tracker(*ftrack.client, {TaskPath::parent, ftrack.demo.location, "/mnt/hs"});
    AttributeIds ids(setup, tracker, {EntityKind::task, EntityKind::version});
    ids.ensure();
    const Entity one = task(ftrack.demo.tasks.at(0).id);
    const auto now = AttributeIds::Clock::now();
    const auto learn = [&](const Values& said, AttributeIds::Clock::time_point at) {
        Touched touched;
        touched.relabelled = {one};
        touched.said[one] = said;
        return ids.learn(touched, {one}, tracker.values({one}), at);
    };
    ftrack.site.set_choices(one.id, "hs_location", {"yul"});
    CHECK_FALSE(learn({"yul"}, now));
    CHECK_FALSE(learn({"lax"}, now));  // late: read, and nothing new
    CHECK_FALSE(ids.catch_up(now + std::chrono::minutes(1)));

    const auto own = ftrack.site.add_configuration("hs_location", "task", foley::sim::kTaskType,
                                                   {{"Los Angeles", "lax"}}, {false, ftrack.demo.project});
    ftrack.site.set_choices(one.id, "hs_location", {"lax"});
    SECTION("soon after it was read: a little later") {
        CHECK_FALSE(learn({"lax"}, now));
        CHECK_FALSE(ids.catch_up(now));
        CHECK(ids.catch_up(now + std::chrono::minutes(1)));
        CHECK_FALSE(ids.catch_up(now + std::chrono::minutes(2)));
    }
    SECTION("read by someone else meanwhile: the event was judged by the old ones all the same") {
        CHECK_FALSE(learn({"lax"}, now));
        CHECK(ids.read());
        CHECK(ids.catch_up(now + std::chrono::minutes(1)));
    }
    SECTION("otherwise at once") {
        CHECK(learn({"lax"}, now + std::chrono::minutes(1)));
    }
    CHECK(tracker.values({one}).at(one).size() == 2);

    ftrack.site.remove_configuration(own);
    for (const auto& [kind, all] : setup.find()) {
        for (const auto& id : all)
            ftrack.site.remove_configuration(id);
    }
    CHECK(learn({"yul"}, now));  // found nothing at all: at once, however recent
    CHECK_FALSE(learn({}, now));
}

TEST_CASE("an account that may not create the attribute goes on and says what to do", "[hammertrack][attribute]") {
    Ftrack ftrack(false);
    ftrack.forbid_writes = true;
    CHECK(ftrack.setup(AttributeMode::create).ensure().empty());
    CHECK(ftrack.journal.says("an administrator has to do it"));
    CHECK(ftrack.tracker()->values({task(ftrack.demo.tasks[0].id)}).empty());
}
