#include "core/foleyctl/adopt/carried_settings.hpp"

#include "tests/unit/foleyctl/sample.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;

CarriedSettings carry(const std::string& conf = kConf, IniFile::Environment environment = {}) {
    return carry_settings(installation(conf, std::move(environment)), "shotgrid");
}

// The reason why something was left out; empty: it was not.
std::string reason(const CarriedSettings& settings, const std::string& what) {
    for (const NotCarriedOver& one : settings.left_out) {
        if (one.what.find(what) != std::string::npos) return one.reason;
    }
    return {};
}

TEST_CASE("settings of shotgunEvents become settings of Foley", "[adopt][settings]") {
    const CarriedSettings carried = carry();
    CHECK(carried.problems.empty());
    CHECK(carried.url == "https://studio.shotgrid.autodesk.com");
    CHECK(carried.script == "eventDaemon");
    CHECK(carried.key.file == "secrets/shotgrid-key");
    CHECK(carried.key.content == "0123456789abcdef");
    CHECK(carried.log_level == "info");
    CHECK(carried.log_file == "/var/log/shotgunEventDaemon/shotgunEventDaemon.log");
    CHECK(carried.timing_file == "/var/log/shotgunEventDaemon/shotgunEventDaemon.timing.log");
    CHECK(carried.log_per_plugin);
    CHECK(carried.poll_idle == 5);
    CHECK(carried.page == 500);
    REQUIRE(carried.mail);
    CHECK(carried.mail->host == "smtp.studio.example.com");
    CHECK(carried.mail->starttls);
    CHECK(carried.mail->password.variable == "SMTP_PASSWORD");
    CHECK(carried.mail->from == "daemon@studio.example.com");
    CHECK_THAT(reason(carried, "pidFile"), Contains("systemd"));
    CHECK_THAT(reason(carried, "conn_retry_sleep"), Contains("by itself"));
    CHECK_THAT(reason(carried, "plugins' own code"), Contains("coming-from-shotgunevents"));
    for (const CarriedOver& one : carried.carried) {
        CHECK_THAT(one.to, !Contains("0123456789abcdef"));
        CHECK_THAT(one.from, !Contains("0123456789abcdef"));
    }
}

TEST_CASE("a key that comes from the environment is a reference to it", "[adopt][settings]") {
    const CarriedSettings carried = carry(conf_with("0123456789abcdef", "%(sg_key)s"), {{"SG_KEY", "value"}});
    CHECK(carried.key.variable == "SG_KEY");
    CHECK(carried.key.content.empty());
    CHECK(carried.key.file.empty());
}

TEST_CASE("logging levels become the next one that Foley has", "[adopt][settings]") {
    const auto level = [](const char* number) {
        return carry(conf_with("logging: 20", std::string("logging: ") + number));
    };
    CHECK(level("10").log_level == "debug");
    CHECK(level("25").log_level == "warning");
    CHECK(level("30").log_level == "warning");
    CHECK(level("40").log_level == "error");
    CHECK(reason(level("40"), "logging").empty());
    CHECK(level("50").log_level == "error");
    CHECK_THAT(reason(level("50"), "logging"), Contains("highest"));
}

TEST_CASE("a proxy's password is left behind", "[adopt][settings]") {
    const CarriedSettings carried =
        carry(conf_with("use_session_uuid", "proxy_server: anna:p@ss@proxy.example.com\nuse_session_uuid"));
    CHECK(carried.proxy == "http://proxy.example.com:8080");
    CHECK_THAT(reason(carried, "proxy_server"), Contains("password") && Contains("{file: …}"));
    const CarriedSettings plain = carry(conf_with("use_session_uuid", "proxy_server: proxy:3128\nuse_session_uuid"));
    CHECK(plain.proxy == "http://proxy:3128");
    CHECK(reason(plain, "proxy_server").empty());
}

TEST_CASE("a login in the site's address is left behind, and an address without a scheme refused",
          "[adopt][settings]") {
    const CarriedSettings login = carry(conf_with("https://studio.", "https://anna:secret@studio."));
    CHECK(login.url == "https://studio.shotgrid.autodesk.com");
    CHECK_THAT(reason(login, "shotgun.server"), Contains("before the login"));
    CHECK_THAT(carry(conf_with("https://studio.", "studio.")).problems.at(0), Contains("expected an address"));
    CHECK_THAT(carry(conf_with("name: eventDaemon", "name:")).problems.at(0), Contains("empty"));
}

TEST_CASE("without a log directory there is no file, mail that cannot be is left out", "[adopt][settings]") {
    const CarriedSettings carried = carry(conf_with("logPath: /var/log/shotgunEventDaemon\n", ""));
    CHECK(carried.log_file.empty());
    CHECK_THAT(reason(carried, "logFile"), Contains("console"));
    CHECK_THAT(reason(carried, "timing_log"), Contains("logPath"));
    const CarriedSettings nobody = carry(conf_with("to: td@studio.example.com, it@studio.example.com", "to: nobody"));
    CHECK_FALSE(nobody.mail);
    CHECK_THAT(reason(nobody, "emails.to: nobody"), Contains("no address"));
    const CarriedSettings plain = carry(conf_with("username: daemon\n", ""));
    REQUIRE(plain.mail);
    CHECK_FALSE(plain.mail->starttls);
    CHECK(plain.mail->user.empty());
    CHECK_THAT(reason(plain, "useTLS"), Contains("only with a login"));
}

}  // namespace
}  // namespace foley::core::testing
