#include "core/foleyctl/adopt/written_configuration.hpp"

#include "tests/unit/foleyctl/sample.hpp"

#include <catch2/catch.hpp>

namespace foley::core::testing {
namespace {

using Catch::Matchers::Contains;

Adoption adoption(const std::string& conf = kConf) {
    EventState state;
    EventPosition position;
    position.last = 4044184;
    position.missing.insert(4044100);
    position.missing.insert(4044110, 4044120);
    state.directories["/srv/plugins"] = {{"assets", position}};
    return plan_adoption(installation(conf), state, {{"/srv/plugins", true, {"assets", "fresh"}}}, {});
}

TEST_CASE("the configuration that is written", "[adopt][written]") {
    CHECK(written_configuration(adoption(), "/etc/shotGunEventDaemon.conf") ==
          R"(# Written by `foleyctl adopt shotgunevents` from /etc/shotGunEventDaemon.conf.
# Everything that can stand here: etc/foley.yaml, which is annotated.

state_dir: /var/lib/foley
#pid_file: /var/log/shotgunEventDaemon/shotgunEventDaemon.pid

control:
  socket: /run/foley/control.sock

# A plugin that is not built yet holds its events so long; then it gets a gap in their place.
journal:
  retention_disabled: 90d

log:
  level: info
  file:
    path: /var/log/shotgunEventDaemon/shotgunEventDaemon.log
    keep_days: 10
    per_plugin: true
  timing:
    path: /var/log/shotgunEventDaemon/shotgunEventDaemon.timing.log
    keep_days: 10

mail:
  host: smtp.studio.example.com
  port: 587
  tls: starttls
  user: daemon
  password: {env: SMTP_PASSWORD}
  from: "daemon@studio.example.com"
  to: ["td@studio.example.com", "it@studio.example.com"]
  subject: "[SG]"

sites:
  shotgrid:
    kind: shotgrid
    url: "https://studio.shotgrid.autodesk.com"
    user: eventDaemon
    api_key: {file: secrets/shotgrid-key}

sources:
  shotgrid:
    kind: shotgrid
    site: shotgrid
    # The first event that one of the plugins below still has to handle.
    start: {id: 4044100}
    poll: 1s
    poll_idle: 5s
    page: 500

# Plugins are found here by the name of their file: NAME.so takes the place of NAME.py.
# In shotgunEvents each plugin saw an event after the one before it, by name. Where that matters write
# {path: …, order: strict}; otherwise a slow plugin holds nobody back.
plugin_directories:
  - /srv/plugins
  - /srv/more

# Where each plugin goes on. foleyd takes these places when it first reads them, before the plugins are
# built, so that no event is lost meanwhile; afterwards its journal knows better and `start` says nothing.
plugins:
  assets:
    start: {source: shotgrid, handled: 4044184, missing: [4044100, 4044110-4044120]}
  # new: it has no position yet
  #fresh: {start: latest}
)");
}

TEST_CASE("secrets stand in files of their own, for their owner alone", "[adopt][written]") {
    const Adoption written = adoption();
    CHECK_THAT(written_configuration(written, "/etc/x.conf"), !Contains("0123456789abcdef"));
    const auto secrets = written_secrets(written);
    REQUIRE(secrets.size() == 1);
    CHECK(secrets.front().path == "secrets/shotgrid-key");
    CHECK(secrets.front().content == "0123456789abcdef\n");
    CHECK(secrets.front().mode == 0600);
    const auto with_mail = written_secrets(adoption(conf_with("%(SMTP_PASSWORD)s", "hunter2")));
    REQUIRE(with_mail.size() == 2);
    CHECK(with_mail.back().path == "secrets/shotgrid-mail-password");
}

TEST_CASE("many missing ids are broken into lines, ranges stay ranges", "[adopt][written]") {
    Adoption written = adoption();
    for (std::uint64_t id = 4'000'000; id < 4'000'100; id += 2)
        written.plugins.front().missing.insert(id);
    const std::string text = written_configuration(written, "/etc/x.conf");
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        CHECK(end - begin < 121);
        begin = end + 1;
    }
    CHECK_THAT(text, Contains("4000098,") && Contains("4044110-4044120]}"));
}

TEST_CASE("texts that YAML would take for something else are quoted", "[adopt][written]") {
    const std::string text =
        written_configuration(adoption(conf_with("name: eventDaemon", "name: null # \"x\" \\ ä")), "/etc/x.conf");
    CHECK_THAT(text, Contains(R"(user: "null # \"x\" \\ ä")"));
}

}  // namespace
}  // namespace foley::core::testing
