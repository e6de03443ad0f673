#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <regex>

using namespace foley::core;
using namespace std::chrono_literals;

TEST_CASE("a small configuration gets the defaults", "[config][load]") {
    ConfigFolder folder;
    const Configuration config = folder.load("plugin_directories: [plugins]\n");
    CHECK(config.state_directory == "/var/lib/foley");
    CHECK(config.control.socket == "/run/foley/control.sock");
    CHECK(config.journal.retention == 14 * 24h);
    CHECK(config.settle == 500ms);
    CHECK(config.shutdown_timeout == 20s);
    CHECK(config.plugin_defaults.window == 1024);
    REQUIRE(config.plugin_directories.size() == 1);
    CHECK(config.plugin_directories[0].path == folder.path() / "plugins");
    CHECK(config.warnings.empty());
}

TEST_CASE("a whole configuration is read as it is written", "[config][load]") {
    ConfigFolder folder;
    folder.write("key", "s3cret\n");
    const Configuration config = folder.load(R"(
state_dir: /srv/foley
log: {level: debug, console: false, journald: false, file: {path: logs/foleyd.log, keep_days: 3, per_plugin: true}}
control: {socket: control.sock, mode: 0600, group: foley}
journal: {retention: 7d, retention_disabled: 60d, dedupe_for: 36h, commit_interval: 20ms}
sites:
  studio: {kind: ftrack, url: "https://studio.example.com", user: robot, api_key: {file: key}, proxy: "http://proxy:3128"}
sources:
  studio: {kind: ftrack, site: studio, topics: [ftrack.update, ftrack.meta.connected]}
  drop: {kind: file, path: drop.jsonl, shape: ftrack, start: beginning}
plugin_directories: [/usr/lib/foley/plugins, {path: /srv/plugins/, order: strict, use: configured}]
trusted_owners: [daemon]
settle: 20ms
shutdown_timeout: 1m 30s
plugin_defaults: {on_crash: restart, limits: {memory: 512 MiB}}
plugins:
  hammertrack:
    start: earliest
    on_error: retry
    retry: {attempts: 3, for: 2h}
    own_events: skip
    environment: {TZ: Europe/Berlin}
    window: 64
    settings: {mount: /mnt/hs}
  mail: {after: hammertrack, when_disabled: wait, start: {time: 2026-11-21T09:30:00+01:00}, limits: {files: 256}}
)");
    CHECK(config.state_directory == "/srv/foley");
    CHECK(config.log.level == LogLevel::debug);
    CHECK(config.log.file == folder.path() / "logs/foleyd.log");
    CHECK(config.log.per_plugin);
    CHECK(config.control.mode == 0600);
    CHECK(config.journal.dedupe_for == 36h);
    REQUIRE(config.sites.size() == 1);
    CHECK(config.sites[0].api_key.reveal() == "s3cret");
    REQUIRE(config.sources.size() == 2);
    CHECK(std::get<FtrackSourceConfig>(config.sources[0].kind).topics.size() == 2);
    CHECK(std::get<FileSourceConfig>(config.sources[1].kind).from_start);
    CHECK_FALSE(config.plugin_directories[0].only_configured);
    CHECK(config.plugin_directories[1].path == "/srv/plugins");  // as the folder of its files is written
    CHECK(config.plugin_directories[1].strict_order);
    CHECK(config.plugin_directories[1].only_configured);
    CHECK(config.shutdown_timeout == 90s);

    const PluginConfig& hammertrack = config.plugins.at("hammertrack");
    CHECK(hammertrack.start.kind == StartConfig::Kind::earliest);
    CHECK(hammertrack.on_error == OnErrorChoice::retry);
    CHECK(hammertrack.retry_attempts == 3);
    CHECK(hammertrack.retry_for == 2h);
    CHECK(hammertrack.skip_own_events == true);
    CHECK(hammertrack.environment.at("TZ") == "Europe/Berlin");
    CHECK(hammertrack.limits.memory == 512u << 20);
    CHECK(hammertrack.on_crash == OnCrashChoice::restart);
    REQUIRE(hammertrack.settings);
    const PluginConfig& mail = config.plugins.at("mail");
    CHECK(mail.after == std::vector<std::string>{"hammertrack"});
    CHECK(mail.limits.memory == 512u << 20);
    CHECK(mail.limits.files == 256);
    CHECK(mail.start.time == Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) + 8h + 30min);
}

TEST_CASE("every error is told at once, each with its place and what was probably meant", "[config][load]") {
    ConfigFolder folder;
    CHECK(folder.problems(R"(state_dir: /var/lib/foley
shutdown_timout: 5s
settle: 5
log: {level: loud}
control: {mode: 0666}
journal:
  retention: 14 d
  dedupe_for: 1s
sites:
  studio: {kind: ftrack, url: studio.example.com, user: robot}
sources:
  studio: {kind: ftrack, site: studoi}
  other: {kind: sql}
plugin_directories:
  - {path: /srv/plugins, order: strictly}
plugins:
  one: {window: 100, after: [two, thre]}
  two: {after: one, on_eror: skip}
  three: {enabled: yes, limits: {memory: lots}}
)") == "foley.yaml:2:1: shutdown_timout: unknown; did you mean shutdown_timeout?\n"
       "foley.yaml:3:9: settle: expected a duration such as 500ms, 5s, 1h 30m or 14d, found '5'\n"
       "foley.yaml:4:14: log.level: expected debug, info, warning or error, found 'loud'\n"
       "foley.yaml:5:17: control.mode: everybody on this machine could steer foleyd; use a group\n"
       "foley.yaml:8:15: journal.dedupe_for: must be from 1m to 366d, not 1s\n"
       "foley.yaml:10:11: sites.studio.api_key: is missing\n"
       "foley.yaml:10:31: sites.studio.url: expected an address such as https://studio.ftrackapp.com, found "
       "'studio.example.com'\n"
       "foley.yaml:12:32: sources.studio.site: there is no site studoi; did you mean studio?\n"
       "foley.yaml:13:17: sources.other.kind: expected ftrack, shotgrid or file, found 'sql'\n"
       "foley.yaml:15:33: plugin_directories.order: expected free or strict, found 'strictly'; did you mean strict?\n"
       "foley.yaml:17:17: plugins.one.window: must be a power of two; 128 is the next\n"
       "foley.yaml:17:29: plugins.one.after: these wait for each other: one after two after one\n"
       "foley.yaml:17:35: plugins.one.after: there is no plugin thre; did you mean three?\n"
       "foley.yaml:18:21: plugins.two.on_eror: unknown; did you mean on_error?\n"
       "foley.yaml:19:20: plugins.three.enabled: expected true or false, found 'yes'\n"
       "foley.yaml:19:42: plugins.three.limits.memory: expected a size such as 64 MiB or 2 GiB, found 'lots'");
}

TEST_CASE("a position from another daemon: the last id that was handled, and the ids that were missing below it",
          "[config][load]") {
    ConfigFolder folder;
    const Configuration config = folder.load(R"(
plugin_directories: [a]
sources: {shows: {kind: file, path: x}}
plugins:
  one: {start: {source: shows, handled: 4711, missing: [4700, 4690-4695, "4696"]}}
  two: {start: {source: shows, handled: 0}}
)");
    const StartConfig& one = config.plugins.at("one").start;
    CHECK(one.kind == StartConfig::Kind::handled);
    CHECK(one.source == "shows");
    CHECK(one.handled == 4711);
    CHECK(one.missing.ranges() == NumberRanges::Map{{4690, 4696}, {4700, 4700}});
    CHECK(config.plugins.at("two").start.kind == StartConfig::Kind::handled);
    CHECK(folder.problems(R"(plugin_directories: [a]
sources: {shows: {kind: file, path: x}}
plugins:
  one: {start: {source: show, handled: 5}}
  two: {start: {handled: 5}}
  three: {start: {source: shows, handled: five, missing: [7-6, x, [1]]}}
  four: {start: {source: shows, handled: 5, id: 6}}
  five: {start: {source: shows, missing: [5]}}
)") == "foley.yaml:4:25: plugins.one.start.source: there is no source show; did you mean shows?\n"
       "foley.yaml:5:16: plugins.two.start.source: is missing\n"
       "foley.yaml:6:43: plugins.three.start.handled: expected a whole number, found 'five'\n"
       "foley.yaml:6:59: plugins.three.start.missing: expected an id or a range of ids such as 4711-4720, found '7-6'\n"
       "foley.yaml:6:64: plugins.three.start.missing: expected an id or a range of ids such as 4711-4720, found 'x'\n"
       "foley.yaml:6:67: plugins.three.start.missing: expected an id or a range of ids such as 4711-4720, found 'a "
       "list'\n"
       "foley.yaml:7:17: plugins.four.start: expected latest, earliest, {time: …}, {after: number}, {source: …, id: …} "
       "or {source: …, handled: id, missing: [ids]}\n"
       "foley.yaml:8:17: plugins.five.start: expected latest, earliest, {time: …}, {after: number}, {source: …, id: …} "
       "or {source: …, handled: id, missing: [ids]}");
}

TEST_CASE("a tab in the indentation is told as such", "[config][load]") {
    ConfigFolder folder;
    CHECK(folder.problems("plugin_directories: [a]\nlog:\n\tlevel: info\n") ==
          "foley.yaml:3:1: a tab in the indentation; YAML takes only spaces here");
}

TEST_CASE("text that is not YAML is told with its place", "[config][load]") {
    ConfigFolder folder;
    CHECK(folder.problems("plugin_directories: [a\nlog: x\n").starts_with("foley.yaml:2:"));
    CHECK(folder.problems("plugin_directories: [a\nlog: x\n").find("this is not YAML: ") != std::string::npos);
}

TEST_CASE("a key that is given twice is an error", "[config][load]") {
    ConfigFolder folder;
    CHECK(folder.problems("plugin_directories: [a]\nsettle: 1s\nsettle: 2s\n") ==
          "foley.yaml:3:1: settle: given twice; it stands in line 2 already");
}

TEST_CASE("a user or group that is trusted and unknown is told with its place", "[config][load]") {
    ConfigFolder folder;
    CHECK(folder.problems("plugin_directories: [p]\ntrusted_owners: [root, rooot, 4711]\ntrusted_groups: sudoo\n") ==
          "foley.yaml:2:24: trusted_owners: there is no user 'rooot' on this machine\n"
          "foley.yaml:3:17: trusted_groups: there is no group 'sudoo' on this machine");
}

TEST_CASE("a topic that someone waits for is no subscription", "[config][load]") {
    ConfigFolder folder;
    folder.environment["KEY"] = "s3cret";
    const std::string main =
        "plugin_directories: [a]\nsites:\n  s: {kind: ftrack, url: https://s.example.com, user: u, "
        "api_key: {env: KEY}}\nsources:\n  hub: {kind: ftrack, site: s, interactive: [mine], ";
    CHECK(folder.problems(main + "topics: []}\n") == "foley.yaml:5:8: sources.hub.topics: nothing to subscribe to");
}

TEST_CASE("a file that is not there, is empty, or is a list is refused with a sentence", "[config][load]") {
    ConfigFolder folder;
    try {
        load_configuration(folder.path() / "none.yaml");
        FAIL("it was loaded");
    } catch (const ConfigError& error) {
        CHECK(std::string(error.what()) ==
              (folder.path() / "none.yaml").string() + ": cannot read this configuration: No such file or directory");
    }
    CHECK(folder.problems("") == "foley.yaml:1:1: plugin_directories: is missing");
    CHECK(folder.problems("- a\n- b\n") == "foley.yaml:1:1: the configuration: expected a mapping, found a list");
}

TEST_CASE("included files add sites, sources and plugins", "[config][load]") {
    ConfigFolder folder;
    folder.write("conf.d/one.yaml", "plugins:\n  one: {dry_run: true}\n");
    folder.write("conf.d/two.yaml", "plugins:\n  two: {dry_run: true}\n");
    const std::string main = "include: conf.d/*.yaml\nplugin_directories: [plugins]\n";
    CHECK(folder.load(main).plugins.size() == 2);

    folder.write("conf.d/three.yaml", "plugins:\n  two: {}\n  four: {windw: 1}\nlog: {}\n");
    CHECK(folder.problems(main) ==
          "conf.d/three.yaml:3:10: plugins.four.windw: unknown; did you mean window?\n"
          "conf.d/three.yaml:4:1: log: an included file holds sites, sources and plugins, no more\n"
          "conf.d/two.yaml:2:3: plugins.two: given twice; it stands in conf.d/three.yaml:2:8 already");
}

TEST_CASE("`after` may name a library that lies in a plugin directory", "[config][load]") {
    ConfigFolder folder;
    folder.write("plugins/labels.so", "");
    CHECK(folder.problems("plugin_directories: [plugins]\nplugins:\n  one: {after: labels}\n").empty());
    CHECK(folder.problems("plugin_directories: [plugins]\nplugins:\n  one: {after: lables}\n") ==
          "foley.yaml:3:16: plugins.one.after: there is no plugin lables; did you mean labels?");
}

TEST_CASE("a long circle of `after` is told once", "[config][load]") {
    ConfigFolder folder;
    CHECK(folder.problems("plugin_directories: [p]\nplugins:\n  a: {after: b}\n  b: {after: [c]}\n  c: {after: a}\n"
                          "  d: {after: a}\n") ==
          "foley.yaml:3:14: plugins.a.after: these wait for each other: a after b after c after a");
}

TEST_CASE("the example that is installed is a good configuration, also with all that is commented out",
          "[config][load]") {
    // "#key: value", "#  - item" and "#   # remark" are settings; "# text" is a remark.
    const std::regex setting("^#(  +)?([a-z_0-9]+:|- |#).*");
    std::ifstream in(FOLEY_EXAMPLE_CONFIG);
    std::string text, line;
    while (std::getline(in, line))
        text += (std::regex_match(line, setting) ? line.substr(1) : line) + "\n";
    ConfigFolder folder;
    folder.write("conf.d/empty.yaml", "");
    text = std::regex_replace(text, std::regex("/etc/foley/secrets/[a-z-]+"), "key");
    text = std::regex_replace(text, std::regex("id: …"), "id: 1");
    folder.write("key", "k");
    INFO(text);
    CHECK(folder.problems(text).empty());
    CHECK(folder.load(text).plugins.size() == 4);
    CHECK(load_configuration(FOLEY_EXAMPLE_CONFIG).state_directory == "/var/lib/foley");
}
