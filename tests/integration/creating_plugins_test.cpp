// create_entities and task_templates between the real daemon and a simulated ShotGrid site: what they create is there
// once, whatever is killed meanwhile.
#include "integration/harness/show.hpp"
#include "unit/task_templates/template_schema.hpp"

#include "tests/sites/shotgrid/demo.hpp"

#include <foley/site/shotgrid.hpp>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <string>

using namespace foley::testing;
using namespace std::chrono_literals;
using foley::sim::shotgrid::DataType;
using foley::site::shotgrid::Filter;
using HttpFault = foley::sim::shotgrid::HttpFault;
using SimLink = foley::sim::shotgrid::Link;

namespace {

std::string json_of(const SimLink& link) {
    return fmt::format(R"({{"type":"{}","id":{}}})", link.type, link.id);
}

struct Creating : Show {
    Creating(const std::string& name, const std::string& settings)
        : Show({.plugins = {{.name = name,
                             .options = "on_error: retry, on_crash: restart",
                             .settings = "hold: 1s, settle: 1s, " + settings,
                             .records = false}},
                .source = "start: latest"}),
          plugin(name),
          client(site.connection()) {
        site.with([&](auto& world) {
            auto& schema = world.site.store.schema();
            schema.add_field("Version", {"sg_client_note", DataType::text});
            plugin_tests::add_task_templates(schema);
            demo = foley::sim::shotgrid::build_demo(world.site);
        });
        daemon.install(name, shipped_plugin(name));
    }

    std::size_t count(const std::string& type, const Filter& filter = {}) {
        return client.find({.type = type, .filter = filter}).Size();
    }
    void await_count(const std::string& type, std::size_t wanted, const Filter& filter = {}) {
        daemon.await(fmt::format("{} of {}", wanted, type), [&] { return count(type, filter) == wanted; });
    }
    void kill_host() {
        const auto crashes = daemon.plugin(plugin).crashes;
        ::kill(daemon.plugin(plugin).pid, SIGKILL);
        daemon.await("the crash to be seen", [&] { return daemon.plugin(plugin).crashes > crashes; });
    }
    // The next request with this method is carried out, and its sender never hears of it.
    void answer_never(const std::string& method) {
        site.fail({.kind = HttpFault::Kind::slow, .method = method, .delay = 1h});
    }
    void check_clean() {
        daemon.await_caught_up(plugin);
        CHECK(daemon.plugin(plugin).failed == 0);
        CHECK(daemon.plugin(plugin).dead_letters == 0);
    }

    std::string plugin;
    foley::site::Shotgrid client;
    foley::sim::shotgrid::Demo demo;
};

}  // namespace

TEST_CASE("create_entities: a client's remark becomes a note, also after the site was away",
          "[integration][common_plugins]") {
    Creating show(
        "create_entities",
        "rules: {client: {from: Version, field: sg_client_note, create: Note, set: {subject: \"{event.user} on "
        "{code}\", content: \"{sg_client_note}\", note_links: [\"{.}\", \"{entity}\"], "
        "addressings_to: {type: HumanUser, id: 2}}, then: {sg_client_note: \"\"}}}");
    REQUIRE(show.demo.ann.id == 2);
    const auto version = show.demo.versions.at(0);
    const auto enter = [&](const std::string& text) {
        show.site.change("Version", version.id, R"({"sg_client_note":")" + text + "\"}", show.demo.jane);
    };
    show.follow();
    enter("Too dark");
    show.await_count("Note", 1);
    const auto note = show.client.find_one({.type = "Note", .fields = {"subject", "content", "addressings_to"}});
    CHECK(foley::json::text_or_empty(note, "subject") == "Jane Doe on sq010_sh010_anim_v001");
    CHECK(foley::json::text_or_empty(note, "content") == "Too dark");
    CHECK(foley::json::integer(foley::json::find(note, "addressings_to", 0, "id")) == 2);
    CHECK(show.count("Version", foley::site::shotgrid::field("sg_client_note").is("Too dark")) == 0);
    show.site.fail({.kind = HttpFault::Kind::status, .status = 503, .method = "batch"}, 2);
    enter("Too bright");
    show.await_count("Note", 2);
    show.check_clean();
    CHECK(show.count("Note") == 2);
}

TEST_CASE("create_entities: a host or a daemon that is killed around the create leaves one note",
          "[integration][common_plugins]") {
    // The field stays as it is: only what the plugin looks for keeps a second note away.
    Creating show("create_entities",
                  "rules: {kept: {from: Version, field: description, create: Note, set: {content: \"{description}\", "
                  "note_links: [\"{.}\"]}}}");
    const auto enter = [&](const std::string& text) {
        show.site.change("Version", show.demo.versions.at(0).id, R"({"description":")" + text + "\"}", show.demo.jane);
    };
    show.follow();
    show.daemon.await_state("create_entities", "running");

    // The site has created it, and the host dies before it hears of that.
    show.answer_never("create");
    enter("first");
    show.await_count("Note", 1);
    show.kill_host();
    show.daemon.await_caught_up("create_entities");
    CHECK(show.count("Note") == 1);

    // The same with the daemon.
    show.answer_never("create");
    enter("second");
    show.await_count("Note", 2);
    show.daemon.kill();
    show.follow();
    show.daemon.await_caught_up("create_entities");
    CHECK(show.count("Note") == 2);

    // The host dies with a request that the site never carries out: the note comes all the same.
    const auto before = show.site.calls("create");
    show.site.fail({.kind = HttpFault::Kind::silence, .method = "create"});
    enter("third");
    show.daemon.await("the create to be sent", [&] { return show.site.calls("create") > before; });
    show.kill_host();
    show.await_count("Note", 3);
    show.check_clean();
    CHECK(show.count("Note") == 3);
    for (const char* text : {"first", "second", "third"})
        CHECK(show.count("Note", foley::site::shotgrid::field("content").is(text)) == 1);
}

TEST_CASE("task_templates: what is asked for and what is added reaches each entity once, over a kill of the daemon",
          "[integration][common_plugins]") {
    Creating show(
        "task_templates",
        "rules: {asked: {switch: {field: sg_plugins, value: Update linked entities, reset: N/A}, types: [Shot], "
        "fields: [content, sg_description]}, added: {types: [Shot], fields: [content, sg_description]}}");
    const auto project = json_of(show.demo.project);
    const SimLink plan{"TaskTemplate", show.site.create("TaskTemplate", R"({"code":"Shots","sg_plugins":"N/A"})")};
    const auto add = [&](const std::string& content) {
        show.site.create("Task", fmt::format(R"({{"content":"{}","task_template":{},"project":{}}})", content,
                                             json_of(plan), project));
    };
    const auto copies = [](const std::string& content) {
        using foley::site::shotgrid::field;
        return all(field("content").is(content), field("entity").is_not(nullptr));
    };
    add("Layout");
    for (const auto& shot : show.demo.shots)
        show.site.change("Shot", shot.id, "{\"task_template\":" + json_of(plan) + "}");
    const auto shots = show.demo.shots.size();
    show.follow();
    show.daemon.await_state("task_templates", "running");

    show.answer_never("batch");
    show.site.change("TaskTemplate", plan.id, R"({"sg_plugins":"Update linked entities"})", show.demo.jane);
    show.await_count("Task", shots, copies("Layout"));
    show.daemon.kill();
    show.follow();
    show.await_count("TaskTemplate", 1, foley::site::shotgrid::field("sg_plugins").is("N/A"));
    show.daemon.await_caught_up("task_templates");
    CHECK(show.count("Task", copies("Layout")) == shots);

    add("Lighting");
    show.await_count("Task", shots, copies("Lighting"));
    show.check_clean();
    CHECK(show.count("Task", copies("Lighting")) == shots);
}
