// The section `webhook` of a ShotGrid source.
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;

namespace {

// The section stands in line 5, from column 50 on.
std::string with_webhook(const std::string& entries) {
    return "plugin_directories: [a]\nsites:\n  s: {kind: shotgrid, url: \"https://s.example.com\", user: foley, "
           "api_key: {env: KEY}}\nsources:\n  log: {kind: shotgrid, site: s, webhook: {" +
           entries + "}}\n";
}

struct Folder : ConfigFolder {
    Folder() { environment = {{"KEY", "s3cret"}, {"HOOK", "token"}}; }

    WebhookConfig webhook(const std::string& entries) {
        return std::get<ShotgridSourceConfig>(load(with_webhook(entries)).sources.at(0).kind).webhook.value();
    }
};

}  // namespace

TEST_CASE("a webhook has an address, a path and a secret", "[config][source]") {
    Folder folder;
    const auto webhook = folder.webhook("listen: \"127.0.0.1:8443\", path: /hooks/sg, secret: {env: HOOK}");
    CHECK(webhook.address == "127.0.0.1");
    CHECK(webhook.port == 8443);
    CHECK(webhook.path == "/hooks/sg");
    CHECK(webhook.secret.reveal() == "token");
    const auto other = folder.webhook("listen: \"[::1]:0\", secret: {env: HOOK}");
    CHECK(other.address == "::1");
    CHECK(other.port == 0);
    CHECK(other.path == "/shotgrid");
    CHECK(folder.webhook("listen: \"localhost:80\", secret: {env: HOOK}").address == "127.0.0.1");
}

TEST_CASE("what is wrong with a webhook is told with its place", "[config][source]") {
    Folder folder;
    CHECK(folder.problems(with_webhook("path: /x")) ==
          "foley.yaml:5:43: sources.log.webhook.listen: is missing\n"
          "foley.yaml:5:43: sources.log.webhook.secret: is missing");
    for (const char* listen : {"8443", "studio:8443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                               "127.0.0.1:80x", "::1:80", "[127.0.0.1]:80", "http://127.0.0.1:80", "*:80"}) {
        CAPTURE(listen);
        CHECK(folder.problems(with_webhook("listen: \"" + std::string(listen) + "\", secret: {env: HOOK}")) ==
              "foley.yaml:5:52: sources.log.webhook.listen: expected the number of an address and a port, such as "
              "127.0.0.1:8443 or [::1]:8443, found '" +
                  std::string(listen) + "'");
    }
    for (const char* path : {"x", "/a b", "/{x}", "/x?y", "/%20"}) {
        CAPTURE(path);
        CHECK(folder.problems(
                  with_webhook("listen: \"127.0.0.1:1\", secret: {env: HOOK}, path: \"" + std::string(path) + "\"")) ==
              "foley.yaml:5:94: sources.log.webhook.path: expected a path such as /shotgrid, found '" +
                  std::string(path) + "'");
    }
    CHECK_THAT(folder.problems(with_webhook("listen: \"127.0.0.1:1\", secret: {env: HOOK}, paht: /x")),
               Catch::Matchers::Contains("sources.log.webhook.paht: unknown") && Catch::Matchers::Contains("path"));
    CHECK_THAT(folder.problems(with_webhook("listen: \"127.0.0.1:1\", secret: plain"), 0644),
               Catch::Matchers::Contains("sources.log.webhook.secret"));
}

TEST_CASE("two sources cannot listen at one address", "[config][source]") {
    Folder folder;
    const std::string section = ", webhook: {listen: \"127.0.0.1:8443\", secret: {env: HOOK}}}\n";
    std::string text = with_webhook("");
    text.resize(text.find("  log:"));
    text += "  one: {kind: shotgrid, site: s" + section + "  two: {kind: shotgrid, site: s" + section;
    CHECK(folder.problems(text) ==
          "foley.yaml:6:52: sources.two.webhook.listen: source one listens there already; give "
          "each source a port of its own");
}
