// A ShotGrid site that is followed by the real daemon: late and missing ids, a site that misbehaves, and plugins that
// do. The numbers in the names are those of the acceptance scenarios that the daemon before Foley was measured with.
#include "integration/harness/show.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/resource.h>

using namespace foley::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Ids = std::vector<std::uint64_t>;
using HttpFault = foley::sim::shotgrid::HttpFault;

namespace {

Ids sorted(Ids ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
}

Ids numbers(std::uint64_t first, std::uint64_t last) {
    Ids out;
    for (auto id = first; id <= last; ++id)
        out.push_back(id);
    return out;
}

// Files of the daemon cannot grow beyond this: as a full disk, but without filling one.
void limit_files(int pid, rlim_t bytes) {
    rlimit limit{bytes, RLIM_INFINITY};
    if (::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr) != 0) throw std::system_error(errno, std::system_category());
}

const Show::Options kTwoPlugins{.plugins = {{.name = "a", .settings = "obeys: true"}, {.name = "b"}}};

}  // namespace

TEST_CASE("1: a late event is handled once when it comes, and no other again", "[integration][shotgrid]") {
    Show show;
    show.follow();
    show.commit_many(102);
    const auto late = show.reserve();
    show.commit_many(2);
    show.await_handled("a", 105);
    show.daemon.await("the gap to be seen", [&] { return show.source().more["missing"] == "103"; });
    CHECK(show.source().open_gaps == 1);
    show.commit_reserved(late);
    show.await_handled("a", 103);
    show.commit();
    show.await_handled("a", 106);
    auto wanted = numbers(1, 102);
    wanted.insert(wanted.end(), {104, 105, 103, 106});
    CHECK(show.ids("a") == wanted);
    CHECK(show.source().duplicates == 0);
    CHECK(show.source().open_gaps == 0);
}

TEST_CASE("2: an id that never comes is given up, told, and costs no event", "[integration][shotgrid]") {
    Show show({.source = "start: earliest, gap_timeout: 1s, gap_recheck: 1s, gap_recheck_for: 1h"});
    show.follow();
    show.commit_many(102);
    const auto lost = show.reserve();
    show.commit_many(2);
    show.daemon.await("the gap to be given up", [&] { return show.source().more["given_up"] == "103"; });
    CHECK(show.source().open_gaps == 0);
    CHECK(show.source().more["never_appeared"] == "1");
    show.await_count("a", 104);
    // It is still asked for now and then.
    show.commit_reserved(lost);
    show.await_handled("a", lost);
    CHECK(show.daemon.handled("a").repeated() == 0);
}

TEST_CASE("3: events flow past a missing one, however many they are", "[integration][shotgrid]") {
    Show show;
    show.follow();
    show.commit_many(102);
    const auto late = show.reserve();
    show.commit_many(1'200);
    show.await_handled("a", 1'303);
    show.commit_reserved(late);
    show.await_handled("a", late);
    CHECK(sorted(show.ids("a")) == numbers(1, 1'303));
}

TEST_CASE("4: a plugin that hangs holds up no other", "[integration][shotgrid]") {
    Show show(kTwoPlugins);
    show.follow();
    const auto flag = show.daemon.flag("go").string();
    const auto hanging = show.commit("\"wait_until\":\"" + flag + "\"");
    show.commit_many(50);
    show.await_count("b", 51);
    CHECK_FALSE(show.daemon.handled("a").has(std::to_string(hanging)));
    show.daemon.await("it to hang", [&] { return show.daemon.plugin("a").in_callback != 0; });
    show.daemon.raise_flag("go");
    show.await_count("a", 51);
}

TEST_CASE("5, 6: a plugin that fails stops alone, and goes on with the failed event when it is mended",
          "[integration][shotgrid]") {
    Show show(kTwoPlugins);
    show.daemon.raise_flag("bad");
    show.follow();
    show.commit_many(10);
    const auto failing = show.commit("\"fail_while\":\"" + show.daemon.flag("bad").string() + "\"");
    show.commit_many(10);
    show.daemon.await_state("a", "disabled");
    show.await_count("b", 21);
    CHECK_THAT(show.daemon.plugin("a").reason, Contains("told to fail"));
    CHECK(show.ids("a") == numbers(1, failing));
    show.daemon.lower_flag("bad");
    show.daemon.install_recorder("a", 2);
    show.await_count("a", 22);
    auto wanted = numbers(1, failing);
    for (const auto id : numbers(failing, 21))
        wanted.push_back(id);
    CHECK(show.ids("a") == wanted);
    CHECK(show.ids("b") == numbers(1, 21));
}

TEST_CASE("7: kills at any moment lose no event, early or late", "[integration][shotgrid]") {
    Chance chance;
    Show show({.source = "start: earliest, page: 40"});
    Ids late;
    std::size_t last = 0;
    const std::size_t kills = scaled(20, 5);
    for (std::size_t kill = 0; kill < kills; ++kill) {
        show.daemon.launch();
        for (const auto id : late)
            show.commit_reserved(id);
        late.clear();
        for (int i = 0; i < 6; ++i) {
            show.commit_many(chance.between(5, 30));
            late.push_back(show.reserve());
            last = late.back();
        }
        // Until it has come some way, wherever that is; those that are still to be committed cannot come.
        const auto some = show.daemon.handled("a").count("event") + chance.between(1, 120);
        const auto enough = std::min<std::size_t>(some, last - late.size());
        show.daemon.await("some events", [&] { return show.daemon.handled("a").count("event") >= enough; });
        show.daemon.kill();
    }
    for (const auto id : late)
        show.commit_reserved(id);
    show.follow();
    show.daemon.await("all events to be handled", [&] { return show.daemon.handled("a").missing(1, last).empty(); });
    const Handled handled = show.daemon.handled("a");
    CHECK(handled.missing(1, last).empty());
    CHECK(handled.repeated() <= kills);
    CHECK(handled.repeated_wrongly() == std::vector<std::string>{});
    CHECK(show.source().duplicates == 0);
}

TEST_CASE("8: a full disk stops the source, which says so and goes on by itself", "[integration][shotgrid]") {
    Show show;
    show.follow();
    show.commit_many(100);
    show.await_count("a", 100);
    limit_files(show.daemon.pid(), 512 * 1024);
    const std::string ballast = "\"ballast\":\"" + std::string(20'000, 'x') + "\"";
    for (int event = 0; event < 60; ++event)
        show.commit(ballast);
    show.await_source("stopped_by_journal");
    CHECK_FALSE(show.source().detail.empty());
    limit_files(show.daemon.pid(), RLIM_INFINITY);
    show.await_count("a", 160);
    show.await_source("live");
    CHECK(show.ids("a") == numbers(1, 160));
}

TEST_CASE("9: a clock that is ten minutes off gives up no gap and keeps none", "[integration][shotgrid]") {
    // Long enough to see the gap and to close it, also on a busy machine.
    Show show({.source = "start: earliest, gap_timeout: " + std::to_string(patience(3s).count()) + "ms"});
    const auto off = GENERATE(-600s, 600s);
    show.site.with([off](auto& world) { world.site.clock.offset = off; });
    show.follow();
    show.commit_many(10);
    const auto late = show.reserve();
    const auto lost = show.reserve();
    show.commit();
    show.daemon.await("the gap to be seen", [&] { return show.source().more["missing"] == "11-12"; });
    show.commit_reserved(late);
    show.await_handled("a", late);
    show.daemon.await("the other to be given up",
                      [&] { return show.source().more["given_up"] == std::to_string(lost); });
    CHECK(std::abs(std::stol(show.source().more["site_clock"])) > 500);
}

TEST_CASE("10: a daemon starts while its site is away, and so do its plugins", "[integration][shotgrid]") {
    Show show;
    show.commit_many(5);
    show.site.stop_listening();
    show.daemon.start();
    show.await_source("waiting");
    CHECK_FALSE(show.source().detail.empty());
    show.daemon.await_state("a", "running");
    show.site.listen_again();
    show.await_count("a", 5);
    show.await_source("live");
}

TEST_CASE("11: a daemon ends within seconds, whatever its site does", "[integration][shotgrid]") {
    Show show;
    show.follow();
    SECTION("while nobody answers") {
        show.site.stop_listening();
        show.await_source("waiting");
    }
    SECTION("while a request hangs") {
        show.site.fail({.kind = HttpFault::Kind::silence}, 1'000);
        show.daemon.await("a request to hang",
                          [&] { return show.site.with([](auto& world) { return world.faults.injected(); }) > 0; });
    }
    const auto begin = std::chrono::steady_clock::now();
    CHECK(show.daemon.stop(15s).exit_code() == 0);
    CHECK(std::chrono::steady_clock::now() - begin < patience(10s));
}

TEST_CASE("12: a new plugin starts at the head, however far behind another is", "[integration][shotgrid]") {
    Show show(kTwoPlugins);
    show.daemon.remove("b");
    show.follow();
    const auto flag = show.daemon.flag("go").string();
    show.commit("\"wait_until\":\"" + flag + "\"");
    show.commit_many(1'000);
    show.daemon.await("the journal to have them", [&] { return show.source().events == 1'001; });
    show.daemon.configure_text([&] {
        std::ifstream in(show.daemon.configuration());
        std::string text((std::istreambuf_iterator<char>(in)), {});
        text.replace(text.find("start: earliest}\nplugins"), 15, "start: latest  ");
        return text;
    }());
    // Not by a signal: that it has taken effect is to be known before b comes.
    show.daemon.post("/v1/configuration/reload");
    show.daemon.install_recorder("b");
    show.daemon.await_state("b", "running");
    const auto fresh = show.commit();
    show.await_handled("b", fresh);
    CHECK(show.ids("b") == Ids{fresh});
    CHECK(show.ids("a").empty());
    show.daemon.raise_flag("go");
    show.await_count("a", 1'002);
}

TEST_CASE("13: after two days away old gaps are given up at once, and young ones are waited for",
          "[integration][shotgrid]") {
    Show show;
    show.follow();
    show.commit_many(10);
    show.await_count("a", 10);
    CHECK(show.daemon.stop().exit_code() == 0);
    show.commit_many(10);
    show.reserve(3);
    show.commit_many(10);
    show.site.advance(std::chrono::hours(48));
    show.commit_many(10);
    const auto young = show.reserve();
    show.commit_many(1);
    show.follow();
    show.await_count("a", 41);
    show.daemon.await("the old gap to close", [&] { return show.source().more["never_appeared"] == "3"; });
    CHECK(show.source().more["missing"] == std::to_string(young));
    show.commit_reserved(young);
    show.await_handled("a", young);
    CHECK(show.daemon.handled("a").repeated() == 0);
    CHECK(show.daemon.handled("a").count("gap") == 0);
}

TEST_CASE("14: entries without meta, entity, user, project or attribute are events like others",
          "[integration][shotgrid]") {
    Show show;
    show.follow();
    for (
        const char* event :
        {R"({"event_type":"Shotgun_Task_Change"})", R"({})",
         R"({"event_type":"Shotgun_Project_Change","attribute_name":"sg_status","meta":null,"user":null})",
         R"({"event_type":"Shotgun_Reading_Change","meta":{"type":"of a kind that nobody knows","x":[1,{"y":null}]}})"})
        show.site.add_event(event);
    show.await_count("a", 4);
    CHECK(show.ids("a") == numbers(1, 4));
    CHECK(show.daemon.plugin("a").failed == 0);
    CHECK(show.source().set_aside == 0);
}

// ── the site misbehaves ─────────────────────────────────────────────────────────────────────────────────────────────

TEST_CASE("no fault of the site or of the way to it costs an event or brings one twice", "[integration][shotgrid]") {
    const auto kind =
        GENERATE(HttpFault::Kind::status, HttpFault::Kind::html, HttpFault::Kind::damaged, HttpFault::Kind::wrong_form,
                 HttpFault::Kind::fault, HttpFault::Kind::reset, HttpFault::Kind::cut, HttpFault::Kind::lost_answer);
    CAPTURE(static_cast<int>(kind));
    Show show({.source = "start: earliest, page: 50"});
    show.follow();
    show.commit_many(30);
    const auto late = show.reserve();
    show.site.fail({.kind = kind, .status = 502}, 3);
    show.commit_many(200);
    show.await_handled("a", 231);
    show.site.fail({.kind = kind, .status = 503}, 2);
    show.commit_reserved(late);
    show.await_handled("a", late);
    show.await_source("live");
    CHECK(sorted(show.ids("a")) == numbers(1, 231));
    CHECK(show.source().duplicates == 0);
}

TEST_CASE("a key that is no longer good is shown, and the place is kept until it is", "[integration][shotgrid]") {
    Show show;
    show.follow();
    show.commit_many(5);
    show.await_count("a", 5);
    show.site.with([](auto& world) { world.site.refuse_scripts = true; });
    show.commit_many(5);
    show.await_source("refused");
    CHECK_THAT(show.source().detail, Contains("key"));
    CHECK_THAT(show.source().detail, !Contains(show.site.options().key));
    CHECK(show.daemon.log_tail().find(show.site.options().key) == std::string::npos);
    show.site.with([](auto& world) { world.site.refuse_scripts = false; });
    // By hand, so that the test need not wait a minute for the next try.
    show.daemon.post("/v1/sources/shows/pause");
    show.await_source("paused");
    show.daemon.post("/v1/sources/shows/resume");
    show.await_count("a", 10);
    CHECK(show.ids("a") == numbers(1, 10));
}

TEST_CASE("a hole of ten million ids costs nothing, and what appears in it is taken", "[integration][shotgrid]") {
    Show show;
    show.follow();
    show.commit_many(10);
    show.await_count("a", 10);
    const auto first = show.reserve(10'000'000);
    const auto above = show.commit();
    show.await_handled("a", above);
    show.daemon.await("the hole to be seen", [&] { return show.source().open_gaps == 1; });
    const auto inside = first + 5'000'000;
    show.commit_reserved(inside);
    show.await_handled("a", inside);
    show.daemon.await("the hole to be two", [&] { return show.source().open_gaps == 2; });
}

TEST_CASE("what is left out by project, type or author never reaches a plugin", "[integration][shotgrid]") {
    Show show({.source = "start: earliest, types: [Shotgun_*], exclude_types: [Shotgun_Task_New], own_events: skip"});
    show.follow();
    show.site.add_event(R"({"event_type":"Toolkit_App_Startup"})");
    show.site.add_event(R"({"event_type":"Shotgun_Task_New"})");
    const auto own = show.site.with([&](auto& world) {
        return world.site
            .authenticate(foley::json::parse(R"({"script_name":")" + show.site.options().script +
                                             R"(","script_key":")" + show.site.options().key + "\"}"))
            .user.id;
    });
    show.site.add_event(R"({"event_type":"Shotgun_Task_Change","user":{"type":"ApiUser","id":)" + std::to_string(own) +
                        "}}");
    const auto wanted = show.commit();
    show.await_handled("a", wanted);
    CHECK(show.ids("a") == Ids{wanted});
    show.daemon.await("what is left out to be counted", [&] { return show.source().more["excluded"] == "3"; });
    CHECK(show.source().open_gaps == 0);
}

TEST_CASE("a plugin that skips its own events is not called for what its script did, in its own name or a person's",
          "[integration][shotgrid]") {
    Show show({.plugins = {{.name = "a", .options = "own_events: skip"}, {.name = "b"}}});
    show.follow();
    const auto own = show.site.with([&](auto& world) {
        return world.site
            .authenticate(foley::json::parse(R"({"script_name":")" + show.site.options().script +
                                             R"(","script_key":")" + show.site.options().key + "\"}"))
            .user.id;
    });
    const std::string script = R"({"type":"ApiUser","id":)" + std::to_string(own) + "}";
    show.site.add_event(R"({"event_type":"Shotgun_Task_Change","user":)" + script + "}");
    show.site.add_event(R"({"event_type":"Shotgun_Task_Change","meta":{"type":"attribute_change","sudo_actual_user":)"
                        R"({"type":"ApiUser","name":")" +
                        show.site.options().script + R"( 1.0"}}})");
    const auto wanted = show.commit();
    show.await_handled("a", wanted);
    show.await_handled("b", wanted);
    CHECK(show.ids("a") == Ids{wanted});
    CHECK(show.ids("b").size() == 3);
    CHECK(foley::json::integer(foley::json::find(show.daemon.get("/v1/plugins/a"), "counts", "own_skipped")) == 2);
}
