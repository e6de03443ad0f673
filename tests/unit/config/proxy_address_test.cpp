#include "core/config/proxy_address.hpp"

#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using Catch::Matchers::Contains;

namespace {

std::string site_with(const std::string& proxy) {
    return "plugin_directories: [p]\nsites:\n  s: {kind: ftrack, url: \"https://a.b\", user: u, api_key: {env: KEY}, "
           "proxy: " +
           proxy + "}\n";
}

}  // namespace

TEST_CASE("what can be a proxy's address", "[config][proxy]") {
    const std::string good =
        GENERATE("http://proxy:3128", "https://proxy.x.test", "http://proxy:3128/", "socks5://127.0.0.1:1080",
                 "socks5h://proxy:1080", "http://[::1]:3128", "http://anna:pass@proxy:3128", "http://anna@proxy",
                 "http://anna:p%40ss%2Fword%25@proxy:3128", "http://a:b:c@[fe80::1]:3128");
    CAPTURE(good);
    CHECK(proxy_fault(good).empty());
}

TEST_CASE("what cannot is refused without a word of it", "[config][proxy]") {
    const std::string bad = GENERATE(
        "", "s3cr3t", "http://", "ftp://s3cr3t@proxy", "http://anna:s3cr3t@", "http://anna:s3/cr3t@proxy:3128",
        "http://anna:s3@s3cr3t@proxy:3128", "http://anna:s3%cr3t@proxy:3128", "http://anna:s3cr3t@proxy:port",
        "http://anna:s3cr3t@proxy:99999", "http://anna:s3cr3t@proxy:3128/path", "http://anna:s3 cr3t@proxy",
        "http://@proxy", "http://anna:s3cr3t@[::1", "http://anna:s3cr3t#@proxy", "http://anna:s3cr3t\r\nX: y@proxy");
    CAPTURE(bad);
    const std::string fault = proxy_fault(bad);
    CHECK_FALSE(fault.empty());
    CHECK_THAT(fault, !Contains("s3") && !Contains("anna"));
}

TEST_CASE("a proxy with a password is a secret, one without is none", "[config][proxy]") {
    ConfigFolder folder;
    folder.environment = {{"KEY", "k"}, {"PROXY", "http://anna:s3cr3t@proxy:3128"}, {"BROKEN", "anna:s3cr3t@proxy"}};
    folder.write("proxy", "http://anna:s3cr3t@proxy:3128\n");
    constexpr mode_t kForAll = 0644;
    CHECK(folder.load(site_with("\"http://proxy:3128\""), kForAll).sites[0].proxy.reveal() == "http://proxy:3128");
    CHECK(folder.load(site_with("{file: proxy}"), kForAll).sites[0].proxy.reveal() == "http://anna:s3cr3t@proxy:3128");
    CHECK(folder.load(site_with("{env: PROXY}"), kForAll).sites[0].proxy.reveal() == "http://anna:s3cr3t@proxy:3128");
    const std::string plain = site_with("\"http://anna:s3cr3t@proxy:3128\"");
    CHECK(folder.load(plain, 0600).sites[0].proxy.reveal() == "http://anna:s3cr3t@proxy:3128");
    CHECK_THAT(folder.problems(plain, kForAll),
               Contains("foley.yaml:3:78: sites.s.proxy: a secret stands here") && !Contains("s3cr3t"));
    CHECK_THAT(folder.problems(site_with("{env: BROKEN}")),
               Contains("sites.s.proxy: expected an address such as http://proxy:3128") && !Contains("s3cr3t"));
    CHECK_THAT(folder.problems(site_with("{env: NONE}")), Contains("sites.s.proxy: the environment variable NONE"));
    CHECK_THAT(folder.problems(site_with("[a, b]")), Contains("sites.s.proxy: expected"));
}
