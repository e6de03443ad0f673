// The section of a ShotGrid source, and of the site that it needs.
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;

namespace {

// A configuration whose source has these entries beside kind and site. They stand in line 5, from column 40 on.
std::string with_source(const std::string& entries) {
    return "plugin_directories: [a]\nsites:\n  s: {kind: shotgrid, url: \"https://s.example.com\", user: foley, "
           "api_key: {env: KEY}}\nsources:\n  log: {kind: shotgrid, site: s" +
           (entries.empty() ? "" : ", " + entries) + "}\n";
}

struct Folder : ConfigFolder {
    Folder() { environment["KEY"] = "s3cret"; }

    ShotgridSourceConfig source(const std::string& entries) {
        return std::get<ShotgridSourceConfig>(load(with_source(entries)).sources.at(0).kind);
    }
};

}  // namespace

TEST_CASE("a ShotGrid source needs a site and nothing else", "[config][source]") {
    Folder folder;
    const auto source = folder.source("");
    CHECK(source.site == "s");
    CHECK(source.start.kind == ShotgridStartConfig::Kind::latest);
    CHECK(source.poll == 1s);
    CHECK(source.poll_idle == 10s);
    CHECK(source.page == 500);
    CHECK(source.gap_timeout == 5min);
    CHECK(source.gap_recheck == 1h);
    CHECK(source.gap_recheck_for == 24h);
    CHECK(source.without_project);
    CHECK_FALSE(source.skip_own_events);
    const auto site = folder.load(with_source("")).sites.at(0);
    CHECK(site.kind == "shotgrid");
    CHECK(site.user == "foley");
    CHECK(site.api_key.reveal() == "s3cret");
}

TEST_CASE("all that a ShotGrid source can be told is read as it is written", "[config][source]") {
    Folder folder;
    const auto source = folder.source(
        "projects: [Snow, 70], exclude_projects: Test*, without_project: false, types: Shotgun_Task_*, "
        "exclude_types: [Shotgun_Task_Retirement], own_events: skip, poll: 250ms, poll_idle: 1m, page: 50, "
        "gap_timeout: 10m, gap_recheck: 30m, gap_recheck_for: 2d");
    CHECK(source.projects == std::vector<std::string>{"Snow", "70"});
    CHECK(source.exclude_projects == std::vector<std::string>{"Test*"});
    CHECK_FALSE(source.without_project);
    CHECK(source.types == std::vector<std::string>{"Shotgun_Task_*"});
    CHECK(source.exclude_types == std::vector<std::string>{"Shotgun_Task_Retirement"});
    CHECK(source.skip_own_events);
    CHECK(source.poll == 250ms);
    CHECK(source.poll_idle == 1min);
    CHECK(source.page == 50);
    CHECK(source.gap_timeout == 10min);
    CHECK(source.gap_recheck == 30min);
    CHECK(source.gap_recheck_for == 48h);
    // Asked less often than the default of poll_idle, which then follows.
    CHECK(folder.source("poll: 30s").poll_idle == 30s);
}

TEST_CASE("a ShotGrid source starts at the newest event, the oldest, an id or a time", "[config][source]") {
    using Kind = ShotgridStartConfig::Kind;
    Folder folder;
    CHECK(folder.source("start: latest").start.kind == Kind::latest);
    CHECK(folder.source("start: earliest").start.kind == Kind::earliest);
    const auto id = folder.source("start: {id: 4044184}").start;
    CHECK(id.kind == Kind::id);
    CHECK(id.id == 4044184);
    const auto time = folder.source("start: {time: 2026-11-21T09:30:00+01:00}").start;
    CHECK(time.kind == Kind::time);
    CHECK(time.time == Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) + 8h + 30min);

    CHECK(folder.problems(with_source("start: newest")) ==
          "foley.yaml:5:41: sources.log.start: expected latest or earliest, found 'newest'");
    CHECK(folder.problems(with_source("start: {id: 1, time: 2026-11-21}")) ==
          "foley.yaml:5:41: sources.log.start: expected latest, earliest, {id: number} or {time: …}");
    CHECK(folder.problems(with_source("start: {time: noon}")) ==
          "foley.yaml:5:48: sources.log.start.time: expected a time such as 2026-11-21T09:30:00Z, found 'noon'");
    CHECK(folder.problems(with_source("start: {id: 0}"))
              .starts_with("foley.yaml:5:46: sources.log.start.id: must be from 1 to "));
}

TEST_CASE("what is wrong in a ShotGrid source is told with its place", "[config][source]") {
    Folder folder;
    CHECK(folder.problems(with_source("poll: 2s, poll_idle: 1s")) ==
          "foley.yaml:5:55: sources.log.poll_idle: must not be shorter than sources.log.poll");
    CHECK(folder.problems(with_source("projects: [a, b], exclude_projects: [b]")) ==
          "foley.yaml:5:70: sources.log.exclude_projects: b is asked for and left out at once");
    CHECK(folder.problems(with_source("types: x, exclude_types: x")) ==
          "foley.yaml:5:59: sources.log.exclude_types: x is asked for and left out at once");
    CHECK(folder.problems(with_source("page: 0")).starts_with("foley.yaml:5:40: sources.log.page: must be from 1 to "));
    CHECK(folder.problems(with_source("topics: [a]")).starts_with("foley.yaml:5:34: sources.log.topics: unknown"));
    CHECK(folder.problems("plugin_directories: [a]\nsources:\n  log: {kind: shotgrid}\n") ==
          "foley.yaml:3:8: sources.log.site: is missing");
}

TEST_CASE("a source takes only a site of its own kind", "[config][source]") {
    Folder folder;
    std::string text = with_source("");
    text.replace(text.find("log: {kind: shotgrid"), 20, "log: {kind: ftrack");
    CHECK(folder.problems(text) ==
          "foley.yaml:5:29: sources.log.site: s is a site of kind shotgrid, and this source needs one of kind ftrack");
}
