#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Texts = std::vector<std::string>;

namespace {

const std::string kStart = "plugin_directories: [plugins]\n";

std::string mail(const std::string& entries) {
    return kStart + "mail: {host: mail.x.test, from: foley@x.test, to: td@x.test" + entries + "}\n";
}

}  // namespace

TEST_CASE("a mail section has defaults for all but server and addresses", "[config][mail]") {
    ConfigFolder folder;
    CHECK_FALSE(folder.load(kStart).mail);
    const auto config = folder.load(mail("")).mail;
    REQUIRE(config);
    CHECK(config->host == "mail.x.test");
    CHECK(config->port == 587);
    CHECK(config->tls == MailTls::starttls);
    CHECK(config->to == Texts{"td@x.test"});
    CHECK(config->subject == "[Foley]");
    CHECK(config->period == 15min);
    CHECK(config->about.size() == 5);
    CHECK(folder.load(mail(", tls: none")).mail->port == 25);
    CHECK(folder.load(mail(", tls: tls")).mail->port == 465);
    CHECK(folder.load(mail(", tls: tls, port: 4650")).mail->port == 4650);
}

TEST_CASE("all of a mail section is read", "[config][mail]") {
    ConfigFolder folder;
    folder.environment["MAIL_PASSWORD"] = "s3cret";
    const auto config = folder
                            .load(mail(", user: foley, password: {env: MAIL_PASSWORD}, ca_file: ca.pem, subject: farm, "
                                       "timeout: 5s, period: 1h, at_once: 3, about: [crash, log]"))
                            .mail;
    REQUIRE(config);
    CHECK(config->user == "foley");
    CHECK(config->password.reveal() == "s3cret");
    CHECK(config->ca_file == folder.path() / "ca.pem");
    CHECK(config->subject == "farm");
    CHECK(config->timeout == 5s);
    CHECK(config->period == 1h);
    CHECK(config->at_once == 3);
    CHECK(config->about == std::vector<MailTopic>{MailTopic::crash, MailTopic::log});
}

TEST_CASE("what is wrong in a mail section is told with its place", "[config][mail]") {
    ConfigFolder folder;
    CHECK(folder.problems(kStart + "mail:\n  hots: x\n  from: nobody\n  to: [good@x.test, 'a b@x.test']\n") ==
          "foley.yaml:3:3: mail.host: is missing\n"
          "foley.yaml:3:3: mail.hots: unknown; did you mean host?\n"
          "foley.yaml:4:9: mail.from: expected an address such as td@studio.example.com, found 'nobody'\n"
          "foley.yaml:5:21: mail.to: expected an address such as td@studio.example.com, found 'a b@x.test'");
    CHECK_THAT(folder.problems(mail(", host: 'mail.x.test:25/x'")), Contains("given twice"));
    CHECK_THAT(folder.problems(mail(", user: foley")), Contains("user and password belong together"));
    CHECK_THAT(folder.problems(mail(", about: [crash, dead_leter]")),
               Contains("foley.yaml:2:") && Contains("'dead_leter' is unknown; did you mean dead_letter?"));
    CHECK_THAT(folder.problems(mail(", subject: \"a\\nb\"")), Contains("on one line"));
    CHECK_THAT(folder.problems(mail(", period: 1ms, tls: ssl")), Contains("mail.period") && Contains("mail.tls"));
    CHECK_THAT(folder.problems(kStart + "mail: {host: 'x/y', from: a@x.test, to: a@x.test}\n"),
               Contains("foley.yaml:2:14: mail.host: expected a name"));
}

TEST_CASE("an address that could say more than an address is none", "[config][mail]") {
    ConfigFolder folder;
    const std::string evil =
        GENERATE(as<std::string>{}, "a@x.test\\r\\nBcc: b@x.test", "a@x.test> SIZE=1", "<a@x.test>",
                 "a@x.test,b@x.test", "@x.test", "a@", "a@b@c", "\xc3\xa4@x.test", "a@x.test\\0");
    CHECK_THAT(folder.problems(kStart + "mail: {host: h, from: a@x.test, to: [\"" + evil + "\"]}\n"),
               Contains("expected an address"));
}

TEST_CASE("a password over an unencrypted connection is warned of, but to this machine", "[config][mail]") {
    ConfigFolder folder;
    const auto warned = [&](const std::string& host) {
        const Configuration config = folder.load(kStart + "mail: {host: " + host +
                                                 ", from: a@x.test, to: a@x.test, tls: none, user: u, password: p}\n");
        return std::any_of(config.warnings.begin(), config.warnings.end(), [](const Problem& warning) {
            return warning.sentence.find("unencrypted") != std::string::npos;
        });
    };
    CHECK(warned("mail.x.test"));
    CHECK_FALSE(warned("127.0.0.1"));
}

TEST_CASE("a plugin's recipients stand instead of those of all, or beside them", "[config][mail]") {
    ConfigFolder folder;
    const Configuration config = folder.load(mail("") + R"(plugin_defaults: {mail: {also: lead@x.test}}
plugins:
  a: {mail: {to: [a@x.test]}}
  b: {mail: {to: []}}
  c: {mail: {also: [c@x.test]}}
  d: {}
)");
    CHECK(config.plugins.at("a").mail.to == Texts{"a@x.test"});
    CHECK(config.plugins.at("a").mail.also == Texts{"lead@x.test"});
    CHECK(config.plugins.at("b").mail.to == Texts{});
    CHECK_FALSE(config.plugins.at("c").mail.to);
    CHECK(config.plugins.at("c").mail.also == Texts{"c@x.test"});
    CHECK(config.plugins.at("d").mail.also == Texts{"lead@x.test"});
    CHECK_THAT(folder.problems(mail("") + "plugins:\n  a: {mail: {to: x, too: y}}\n"),
               Contains("foley.yaml:4:18: plugins.a.mail.to: expected an address") && Contains("plugins.a.mail.too"));
}

TEST_CASE("recipients without a mail section are warned of", "[config][mail]") {
    ConfigFolder folder;
    const Configuration config = folder.load(kStart + "plugins:\n  a: {mail: {to: a@x.test}}\n");
    REQUIRE(config.warnings.size() == 1);
    CHECK_THAT(to_string(config.warnings[0]), Contains("foley.yaml:3:3: plugins.a.mail: there is no mail section"));
}

TEST_CASE("pid file and timing log are paths from the configuration's folder", "[config][load]") {
    ConfigFolder folder;
    const Configuration config =
        folder.load(kStart + "pid_file: run/foleyd.pid\nlog: {timing: {path: timing.log, keep_days: 3}}\n");
    CHECK(config.pid_file == folder.path() / "run/foleyd.pid");
    REQUIRE(config.log.timing);
    CHECK(config.log.timing->file == folder.path() / "timing.log");
    CHECK(config.log.timing->keep_days == 3);
    CHECK(folder.load(kStart).pid_file.empty());
    CHECK_THAT(folder.problems(kStart + "log: {timing: {keep_days: 0}}\n"),
               Contains("log.timing.path: is missing") && Contains("log.timing.keep_days: must be from 1"));
}
