#include "core/foleyctl/adopt/installation.hpp"

#include "tests/unit/foleyctl/sample.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("a whole configuration of shotgunEvents is read", "[adopt][installation]") {
    const Installation read = installation();
    CHECK(read.problems.empty());
    CHECK(read.remarks.empty());
    CHECK(read.unknown.empty());
    CHECK(read.pid_file == "/var/log/shotgunEventDaemon/shotgunEventDaemon.pid");
    CHECK(read.state_file == "/var/log/shotgunEventDaemon/shotgunEventDaemon.id");
    CHECK(read.log_per_plugin);
    CHECK(read.log_directory == "/var/log/shotgunEventDaemon");
    CHECK(read.log_name == "shotgunEventDaemon");
    CHECK(read.log_level == 20);
    CHECK(read.timing_log);
    CHECK(read.fetch_interval == 5);
    CHECK(read.batch == 500);
    CHECK(read.server == "https://studio.shotgrid.autodesk.com");
    CHECK(read.script == "eventDaemon");
    CHECK(read.key.value == "0123456789abcdef");
    CHECK(read.key.variable.empty());
    CHECK(read.session_uuid);
    CHECK(read.plugin_paths == std::vector<std::filesystem::path>{"/srv/plugins", "/srv/more"});
    CHECK(read.mail.enabled);
    CHECK(read.mail.port == 587);
    CHECK(read.mail.tls);
    CHECK(read.mail.password.variable == "SMTP_PASSWORD");  // though it is not set here
    CHECK(read.mail.to == Texts{"td@studio.example.com", "it@studio.example.com"});
    CHECK(read.mail.subject == "[SG]");
}

TEST_CASE("only the text on switches the timing log on", "[adopt][installation]") {
    CHECK_FALSE(installation(conf_with("timing_log: on", "timing_log: On")).timing_log);
    CHECK_FALSE(installation(conf_with("timing_log: on\n", "")).timing_log);
}

TEST_CASE("what is missing is said all at once, with the file", "[adopt][installation]") {
    const Installation read = installation("[daemon]\nlogMode: one\n[shotgun]\nname: x\n[emails]\nenabled: maybe\n");
    Texts expected{
        "/etc/shotGunEventDaemon.conf: [daemon] has no pidFile, which shotgunEvents does not start without",
        "/etc/shotGunEventDaemon.conf: [daemon] has no eventIdFile, which shotgunEvents does not start without",
        "/etc/shotGunEventDaemon.conf:2: logMode: expected a whole number, found 'one'",
        "/etc/shotGunEventDaemon.conf:6: enabled: expected true or false, found 'maybe'",
    };
    for (const std::string& sentence : expected) {
        INFO(sentence);
        CHECK(std::find(read.problems.begin(), read.problems.end(), sentence) != read.problems.end());
    }
    CHECK(read.problems.size() == 13);
}

TEST_CASE("mail that is switched off needs nothing else", "[adopt][installation]") {
    const auto mail = kConf.find("[emails]");
    const Installation read = installation(kConf.substr(0, mail) + "[emails]\nenabled: no\n");
    CHECK(read.problems.empty());
    CHECK_FALSE(read.mail.enabled);
}

TEST_CASE("relative paths are guessed, and said so, unknown options are listed", "[adopt][installation]") {
    const Installation read = installation(conf_with("/srv/plugins,", "plugins,") + "colour: red\n[own]\nx: 1\n");
    CHECK(read.plugin_paths.front() == "/etc/plugins");
    REQUIRE(read.remarks.size() == 1);
    CHECK_THAT(read.remarks.front(), Catch::Matchers::Contains("plugins.paths is the relative path plugins"));
    CHECK(read.unknown == Texts{"emails.colour", "own.x"});
}

}  // namespace
}  // namespace foley::core::testing
