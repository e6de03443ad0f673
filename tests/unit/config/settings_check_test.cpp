#include "core/config/settings_check.hpp"

#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using Type = SettingRule::Type;

namespace {

std::vector<SettingRule> rules() {
    return {{"mount", Type::path, true, "", "", {}},
            {"label_store", Type::choice, false, "", "", {"gateway", "command", "xattr"}},
            {"poll", Type::duration, false, "1000000", "3600000000", {}},
            {"cache", Type::size, false, "", "1073741824", {}},
            {"token", Type::secret, false, "", "", {}},
            {"labels", Type::list, false, "", "", {}},
            {"map", Type::map, false, "", "", {}},
            {"count", Type::integer, false, "1", "", {}},
            {"ratio", Type::number, false, "", "", {}},
            {"strict", Type::boolean, false, "", "", {}},
            {"prefix", Type::text, false, "", "", {}}};
}

std::string file(const std::string& settings) {
    return "plugin_directories: [p]\nplugins:\n  hammertrack:\n    settings:\n" + settings;
}

}  // namespace

TEST_CASE("settings become JSON with durations and sizes converted, and secrets hidden from people",
          "[config][settings_check]") {
    ConfigFolder folder;
    folder.environment["TOKEN"] = "s3cret";
    const Configuration config = folder.load(file(R"(      mount: /mnt/hs
      label_store: gateway
      poll: 1m 30s
      cache: 64 MiB
      token: {env: TOKEN}
      labels: [a, "2"]
      map: {x: 1, y: [true, "true", 1.5, ~]}
      count: 3
      ratio: 0.5
      strict: true
      prefix: 12
)"));
    const SettingsResult result = check_settings(config, "hammertrack", rules());
    CHECK(result.problems.empty());
    CHECK(result.json ==
          R"({"mount":"/mnt/hs","label_store":"gateway","poll":90000000,"cache":67108864,"token":"s3cret",)"
          R"("labels":["a","2"],"map":{"x":1,"y":[true,"true",1.5,null]},"count":3,"ratio":0.5,"strict":true,)"
          R"("prefix":"12"})");
    CHECK(result.shown.find("s3cret") == std::string::npos);
    CHECK(result.shown.find(R"("poll":"1m 30s","cache":"64 MiB","token":"***")") != std::string::npos);
}

TEST_CASE("wrong settings are told with their places in the configuration", "[config][settings_check]") {
    ConfigFolder folder;
    const Configuration config = folder.load(file(R"(      lable_store: gateway
      label_store: gatway
      poll: 1ms
      cache: 2 GiB
      count: 0
      ratio: half
      strict: 1
      labels: {a: b}
      map: [a]
)"));
    const SettingsResult result = check_settings(config, "hammertrack", rules());
    const std::string where = (folder.path() / "foley.yaml").string();
    const std::vector<std::string> expected{
        ":5:7: hammertrack.settings.mount: is missing; hammertrack cannot do without it",
        ":5:7: hammertrack.settings.lable_store: unknown; did you mean label_store?",
        ":6:20: hammertrack.settings.label_store: 'gatway' is none of the choices; did you mean gateway?",
        ":7:13: hammertrack.settings.poll: must be from 1s to 1h, not 1ms",
        ":8:14: hammertrack.settings.cache: must be at most 1 GiB, not 2 GiB",
        ":9:14: hammertrack.settings.count: must be at least 1, not 0",
        ":10:14: hammertrack.settings.ratio: expected a number, found 'half'",
        ":11:15: hammertrack.settings.strict: expected true or false, found '1'",
        ":12:15: hammertrack.settings.labels: expected a list of texts, found a mapping",
        ":13:12: hammertrack.settings.map: expected a mapping, found a list"};
    REQUIRE(result.problems.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(to_string(result.problems[i]) == where + expected[i]);
}

TEST_CASE("a plugin that the configuration does not name has no settings, which may be an error",
          "[config][settings_check]") {
    ConfigFolder folder;
    const Configuration config = folder.load("plugin_directories: [p]\n");
    CHECK(check_settings(config, "other", {}).problems.empty());
    CHECK(check_settings(config, "other", {}).json == "{}");
    const auto missing = check_settings(config, "other", rules());
    REQUIRE(missing.problems.size() == 1);
    CHECK(to_string(missing.problems[0]) ==
          (folder.path() / "foley.yaml").string() + ": other.settings.mount: is missing; other cannot do without it");
}

TEST_CASE("a plugin without settings refuses some", "[config][settings_check]") {
    ConfigFolder folder;
    const Configuration config = folder.load(file("      a: 1\n"));
    const auto refused = check_settings(config, "hammertrack", {});
    REQUIRE(refused.problems.size() == 1);
    CHECK(to_string(refused.problems[0]) ==
          (folder.path() / "foley.yaml").string() + ":5:7: hammertrack.settings: hammertrack has no settings");
}
