// foleyctl as people and programs use it: tables, --json, exit codes.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace foley::testing;
using Catch::Matchers::Contains;

namespace {

constexpr int kRefused = 1, kUsage = 2, kUnreachable = 3, kUnwell = 4;

struct Operated {
    Operated() : daemon({.plugins = {{.name = "a", .settings = "obeys: true"}}}) {
        daemon.install_recorder("a");
        daemon.start();
        daemon.await_state("a", "running");
    }
    // The standard output of a command that must succeed.
    std::string said(const std::vector<std::string>& arguments) const {
        const Run run = daemon.foleyctl(arguments);
        INFO(run.told());
        CHECK(run.exit_code() == 0);
        CHECK(run.errors.empty());
        return run.output;
    }
    int exit_code(const std::vector<std::string>& arguments) const { return daemon.foleyctl(arguments).exit_code(); }
    Daemon daemon;
};

}  // namespace

TEST_CASE("foleyctl shows in tables what --json gives to programs", "[integration]") {
    Operated o;
    o.daemon.emit_many(3);
    o.daemon.await_caught_up("a");
    CHECK_THAT(o.said({"status"}), Contains("running"));
    CHECK_THAT(o.said({"plugins"}), Contains("a ") && Contains("running"));
    CHECK_THAT(o.said({"plugins", "a"}), Contains("on_event") && Contains("a.so"));
    CHECK_THAT(o.said({"sources"}), Contains("lines") && Contains("live"));
    CHECK_THAT(o.said({"events"}), Contains("test.note"));
    CHECK_THAT(o.said({"explain", "2"}), Contains("a"));
    for (const std::vector<std::string>& command : {std::vector<std::string>{"status"},
                                                    {"plugins"},
                                                    {"plugins", "a"},
                                                    {"sources"},
                                                    {"events"},
                                                    {"event", "1"},
                                                    {"explain", "1"},
                                                    {"dead-letters"},
                                                    {"backlog", "a"},
                                                    {"crashes", "a"}}) {
        std::vector<std::string> as_json = command;
        as_json.push_back("--json");
        CAPTURE(command.front());
        CHECK_NOTHROW(foley::json::parse(o.said(as_json)));
    }
    const auto plugin = foley::json::parse(o.said({"--json", "plugins", "a"}));
    CHECK(plugin_view(plugin).position == 3);
}

TEST_CASE("foleyctl emits events and says what became of them", "[integration]") {
    Operated o;
    o.said({"emit", R"({"id": "e1", "type": "test.note"})"});
    o.daemon.await("the event to be handled", [&] { return o.daemon.handled("a").has("e1"); });
    CHECK(o.exit_code({"emit", "this is no JSON"}) == kRefused);
}

TEST_CASE("foleyctl disables, enables, pauses, resumes, reloads, seeks and replays", "[integration]") {
    Operated o;
    o.daemon.emit();
    o.daemon.await_caught_up("a");
    o.said({"disable", "a", "--why", "for a test"});
    o.daemon.await_state("a", "disabled");
    CHECK_THAT(o.daemon.plugin("a").reason, Contains("for a test"));
    o.said({"enable", "a"});
    o.daemon.await_state("a", "running");
    o.said({"pause", "a"});
    o.daemon.await_state("a", "paused");
    o.said({"resume", "a"});
    o.daemon.await_state("a", "running");
    o.said({"reload", "a"});
    o.daemon.await("another host", [&] { return o.daemon.handled("a").count("start") == 4; });
    o.said({"replay", "a", "1"});
    o.daemon.await("the event to come again", [&] { return o.daemon.handled("a").events().size() == 2; });
    o.said({"seek", "a", "--to", "earliest"});
    o.daemon.await("the event to come once more", [&] { return o.daemon.handled("a").events().size() == 3; });
}

TEST_CASE("foleyctl skips a failed event, and retries and drops dead letters", "[integration]") {
    Operated o;
    o.daemon.emit("test.note", R"("outcomes":["fail"])");
    o.daemon.emit("test.note", R"("outcomes":["fail"])");
    o.daemon.await_state("a", "disabled");
    o.said({"enable", "a", "--skip-event"});
    o.daemon.await("the second event to fail", [&] { return o.daemon.handled("a").has("2"); });
    o.daemon.await_state("a", "disabled");
    o.said({"enable", "a", "--skip-event"});
    o.daemon.await_caught_up("a");
    CHECK_THAT(o.said({"dead-letters"}), Contains("told to fail"));
    o.said({"dead-letters", "drop", "a", "2"});
    o.said({"dead-letters", "retry", "a", "--all"});
    o.daemon.await("event 1 to be tried again", [&] { return o.daemon.handled("a").events().size() == 3; });
}

TEST_CASE("the exit code of foleyctl status says whether all is well", "[integration]") {
    Operated o;
    o.daemon.emit();
    o.daemon.await_caught_up("a");
    CHECK(o.exit_code({"status"}) == 0);
    o.daemon.emit("test.note", R"("outcomes":["fail"])");
    o.daemon.await_state("a", "disabled");
    const Run run = o.daemon.foleyctl({"status"});
    CHECK(run.exit_code() == kUnwell);
    CHECK_THAT(run.output, Contains("disabled") && Contains("told to fail"));
}

TEST_CASE("foleyctl says by its exit code whether it was refused, misused or alone", "[integration]") {
    Operated o;
    const Run refused = o.daemon.foleyctl({"enable", "a"});
    CHECK(refused.exit_code() == kRefused);
    CHECK_THAT(refused.errors, Contains("not disabled"));
    CHECK(o.exit_code({"plugins", "nobody"}) == kRefused);
    CHECK(o.exit_code({"enable"}) == kUsage);
    CHECK(o.exit_code({"enabel", "a"}) == kUsage);
    CHECK(o.exit_code({"--help"}) == 0);
    CHECK(o.daemon.stop().exit_code() == 0);
    const Run alone = o.daemon.foleyctl({"status"});
    CHECK(alone.exit_code() == kUnreachable);
    CHECK_THAT(alone.errors, Contains(o.daemon.socket().string()));
}

TEST_CASE("foleyctl check says of a library what the daemon would, without one", "[integration]") {
    const Run good = run(program("foleyctl"), {"check", test_plugin("recorder").string()});
    INFO(good.told());
    CHECK(good.exit_code() == 0);
    CHECK_THAT(good.output, Contains("on_event") && Contains("file"));
    const Run bad = run(program("foleyctl"), {"check", "/lib/x86_64-linux-gnu/libm.so.6"});
    INFO(bad.told());
    CHECK(bad.exit_code() == kRefused);
    CHECK_THAT(bad.output + bad.errors, Contains("foley_plugin_v1"));
}

TEST_CASE("foleyctl check tells whether foleyd would refuse the file for its owner or mode", "[integration]") {
    Daemon daemon({.top = "trusted_owners: [daemon]\n"});
    daemon.install_recorder("a");
    const std::filesystem::path library = daemon.plugin_directory() / "a.so";
    const auto check = [&](const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"check", library.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(program("foleyctl"), arguments);
    };
    const std::vector<std::string> configured{"--config", daemon.configuration().string()};
    CHECK_THAT(check(configured).output, Contains("a.so loads\n"));
    SECTION("everybody can write it") {
        std::filesystem::permissions(library, std::filesystem::perms(0757));
        const Run refused = check(configured);
        INFO(refused.told());
        CHECK(refused.exit_code() == kRefused);
        CHECK_THAT(refused.errors, Contains("can be loaded, but foleyd refuses the file: everybody can write it"));
        const Run doubted = check({});
        INFO(doubted.told());
        CHECK(doubted.exit_code() == 0);
        CHECK_THAT(doubted.output, Contains("a.so can be loaded\n"));
        CHECK_THAT(doubted.errors, Contains("warning: ") && Contains("everybody can write it") && Contains("--config"));
        const Run as_json = check({"--json"});
        CHECK_THAT(std::string(foley::json::text_or_empty(foley::json::parse(as_json.output), "warning")),
                   Contains("everybody can write it"));
    }
    SECTION("someone else owns it") {
        if (::geteuid() != 0) return;  // only root can give a file away
        const auto other = GENERATE(1U, 4711U);
        REQUIRE(::chown(library.c_str(), other, 0) == 0);
        CHECK(check(configured).exit_code() == (other == 1 ? 0 : kRefused));
        CHECK_THAT(check({}).errors, Contains("neither root nor foleyd's user"));
    }
}
