// foleyd's own command line: --check, errors with their places, exit codes.
#include "integration/harness/daemon.hpp"

#include "core/os/files.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace foley::testing;
using Catch::Matchers::Contains;

TEST_CASE("foleyd --check says what it would do, and touches nothing", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .options = "on_error: skip"}}});
    daemon.install_recorder("a");
    const Run run = daemon.run_foleyd({"--check"});
    INFO(run.told());
    CHECK(run.exit_code() == 0);
    CHECK_THAT(run.output, Contains("a.so") && Contains("on_error skip") && Contains("events.jsonl"));
    CHECK_THAT(run.output, Contains("asked: it loads and declares "));
    CHECK(std::filesystem::is_empty(daemon.state_directory()));
}

TEST_CASE("a wrong configuration is told whole, each error with file, line and column", "[integration]") {
    Daemon daemon;
    daemon.configure_text("state_dri: /tmp/x\nplugin_directories: [plugins]\nplugins:\n  a: {on_error: explode}\n");
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--check"}, {}}) {
        const Run run = daemon.run_foleyd(arguments);
        INFO(run.told());
        CHECK(run.exit_code() == 2);
        CHECK_THAT(run.errors, Contains("foley.yaml:1:1") && Contains("state_dir"));
        CHECK_THAT(run.errors, Contains("foley.yaml:4:") && Contains("explode"));
    }
}

TEST_CASE("foleyd --check tells wrong settings of plugins together with all other errors", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a", .settings = "wrk: 5ms"},
                               {.name = "b", .options = "on_eror: skip", .settings = "work: soon"},
                               {.name = "c", .records = false},
                               {.name = "off", .options = "enabled: false", .settings = "nonsense: 1"}}});
    for (const char* name : {"a", "b", "off"})
        daemon.install_recorder(name);
    daemon.install("c", "/lib/x86_64-linux-gnu/libm.so.6");
    daemon.install("open_to_all", test_plugin("recorder"));
    std::filesystem::permissions(daemon.plugin_directory() / "open_to_all.so", std::filesystem::perms(0777));
    const Run run = daemon.run_foleyd({"--check"});
    INFO(run.told());
    CHECK(run.exit_code() == 2);
    CHECK(run.output.empty());
    CHECK_THAT(run.errors, Contains("foley.yaml:12:") && Contains(": a.settings.wrk: unknown; did you mean work?"));
    CHECK_THAT(run.errors, Contains("foley.yaml:13:7: plugins.b.on_eror: unknown; did you mean on_error?"));
    CHECK_THAT(run.errors, Contains("b.settings.work: ") && Contains("soon"));
    CHECK_THAT(run.errors, Contains("c.so: cannot be loaded: ") && Contains("foley_plugin_v1"));
    CHECK_THAT(run.errors, Contains("open_to_all.so: is refused: everybody can write it"));
    CHECK_THAT(run.errors, Contains("asked for its settings: ") && Contains("a.so"));
    CHECK_THAT(run.errors, Contains("the configuration has 5 errors"));
    CHECK_THAT(run.errors, !Contains("off.settings"));
    CHECK(std::filesystem::is_empty(daemon.state_directory()));
}

TEST_CASE("a configuration that is not there is one sentence", "[integration]") {
    Daemon daemon;
    std::filesystem::remove(daemon.configuration());
    const Run run = daemon.run_foleyd({});
    INFO(run.told());
    CHECK(run.exit_code() == 2);
    CHECK_THAT(run.errors, Contains(daemon.configuration().string()));
}

TEST_CASE("secrets are shown nowhere", "[integration]") {
    Daemon daemon({.sites = "  studio: {kind: ftrack, url: \"http://127.0.0.1:9\", user: robot, "
                            "api_key: {env: FOLEY_TEST_FTRACK_KEY}}\n",
                   .sources = "  hub: {kind: ftrack, site: studio}\n"});
    const std::string secret = "s3cr3t-and-very-long";
    ::setenv("FOLEY_TEST_FTRACK_KEY", secret.c_str(), 1);
    const Run run = daemon.run_foleyd({"--check"});
    CHECK(run.exit_code() == 0);
    CHECK_THAT(run.output + run.errors, !Contains(secret));
    daemon.start();
    daemon.await("the site to be away", [&] { return !daemon.source("hub").detail.empty(); });
    for (const char* target : {"/v1/status", "/v1/sources", "/v1/plugins"})
        CHECK_THAT(daemon.request("GET", target).body, !Contains(secret));
    CHECK(daemon.stop().exit_code() == 0);
    CHECK_THAT(daemon.log_tail(100000), !Contains(secret));
    ::unsetenv("FOLEY_TEST_FTRACK_KEY");
}

TEST_CASE("a plugin directory that others can write is refused and said", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    std::filesystem::permissions(daemon.plugin_directory(), std::filesystem::perms(0777));
    daemon.start();
    daemon.await("the refusal to be noted", [&] { return !daemon.status().notes.empty(); });
    CHECK_THAT(daemon.status().notes.front(), Contains("plugins"));
    CHECK(daemon.plugin("a").pid == 0);
    std::filesystem::permissions(daemon.plugin_directory(), std::filesystem::perms(0755));
    daemon.await_state("a", "running");
}

TEST_CASE("foleyd --check-journal says that all is well, or what is damaged", "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    const Run none = daemon.run_foleyd({"--check-journal"});
    INFO(none.told());
    CHECK(none.exit_code() == 0);
    CHECK_THAT(none.output, Contains("there is no journal yet"));
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit("test.note", R"("text":"as it was written")");
    daemon.emit();
    daemon.await_caught_up("a");
    const Run meanwhile = daemon.run_foleyd({"--check-journal"});
    CHECK(meanwhile.exit_code() == 3);
    REQUIRE(daemon.stop().exit_code() == 0);

    const Run good = daemon.run_foleyd({"--check-journal"});
    INFO(good.told());
    CHECK(good.exit_code() == 0);
    CHECK_THAT(good.output, Contains("the journal is well: 2 events, 1 to 2"));

    const std::filesystem::path file = daemon.state_directory() / "journal.sqlite";
    std::string bytes = foley::core::read_file(file);
    const auto at = bytes.find("as it was written");
    REQUIRE(at != std::string::npos);
    bytes[at] = 'A';
    foley::core::write_file_atomically(file, bytes);
    const Run damaged = daemon.run_foleyd({"--check-journal"});
    INFO(damaged.told());
    CHECK(damaged.exit_code() == 1);
    CHECK_THAT(damaged.output, Contains("event 1") && !Contains("is well") && !Contains("event 2"));
}
