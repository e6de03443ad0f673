// The clients of sites through a proxy that wants a user and a password.
#include "tests/sites/http/proxy.hpp"

#include "tests/sites/certificate.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"
#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <foley/site/error.hpp>
#include <foley/site/ftrack.hpp>
#include <foley/site/shotgrid.hpp>

#include <catch2/catch.hpp>

using namespace foley::site;
using Catch::Matchers::Contains;
namespace sim = foley::sim;

namespace {

const std::string kLogin = "anna:s3cr3t%40%2F";  // as it stands in an address

struct Behind {
    explicit Behind(const sim::SimShotgridOptions& options = {}) : site(options), connection(site.connection()) {
        connection.proxy = proxy.url(kLogin);
    }
    sim::SimShotgrid site;
    sim::SimProxy proxy{"anna", "s3cr3t@/", site.port()};
    foley::SiteConnection connection;
};

ShotgridOptions once() {
    ShotgridOptions options;
    options.attempts = 1;
    return options;
}

}  // namespace

TEST_CASE("a ShotGrid site is reached through a proxy with a login", "[site][proxy][sockets]") {
    Behind behind;
    behind.connection.url = "http://studio.invalid/";
    CHECK(Shotgrid(behind.connection, once()).find({.type = "ApiUser"}).Size() == 1);
    const auto passed = behind.proxy.passed();
    REQUIRE_FALSE(passed.empty());
    CHECK(passed.front() == "POST http://studio.invalid/api3/json");
    CHECK(behind.proxy.refused() == 0);
}

TEST_CASE("a site over TLS is reached through a tunnel of the proxy, which cannot read it", "[site][proxy][sockets]") {
    const sim::Certificate certificate("localhost");
    sim::SimShotgridOptions options;
    options.certificate = certificate.file();
    options.private_key = certificate.key();
    Behind behind(options);
    behind.connection.url = "https://localhost:443";  // the proxy knows where that is
    behind.connection.ca_file = certificate.file();
    CHECK(Shotgrid(behind.connection, once()).find({.type = "ApiUser"}).Size() == 1);
    CHECK(behind.proxy.passed().front() == "CONNECT localhost:443");
}

TEST_CASE("an ftrack site is reached through a proxy with a login", "[site][proxy][sockets]") {
    sim::SimFtrack site;
    const sim::SimProxy proxy("anna", "s3cr3t@/", site.port());
    foley::SiteConnection connection;
    connection.kind = "ftrack";
    connection.url = "http://studio.invalid";
    connection.user = site.options().user;
    connection.secret = foley::Secret(site.options().key);
    connection.proxy = proxy.url(kLogin);
    Ftrack(connection).query("select id from Task");
    CHECK(proxy.passed().front() == "POST http://studio.invalid/api");
}

TEST_CASE("a proxy that does not take the login is told from a site that is away, and nothing is shown",
          "[site][proxy][sockets]") {
    const bool tunnel = GENERATE(false, true);
    const std::string login = GENERATE("anna:s3cr3t", "");
    Behind behind;
    behind.connection.url = tunnel ? "https://studio.invalid" : "http://studio.invalid";
    behind.connection.proxy =
        login.empty() ? "http://127.0.0.1:" + std::to_string(behind.proxy.port()) : behind.proxy.url(login);
    try {
        Shotgrid(behind.connection, once()).find({.type = "ApiUser"});
        FAIL("no error");
    } catch (const AuthenticationError& error) {
        CHECK_THAT(error.what(), Contains("the proxy wants a user and password") && !Contains("s3cr3t"));
    }
    CHECK(behind.proxy.passed().empty());
    CHECK(behind.site.with([](auto& world) { return world.requests; }) == 0);
}

TEST_CASE("an address of a proxy that cannot be read is not repeated", "[site][proxy]") {
    foley::SiteConnection connection;
    connection.url = "http://studio.invalid";
    connection.user = "foley";
    connection.proxy = GENERATE("http://anna:s3cr3t@127.0.0.1:port", "http://anna:s3cr3t@127.0.0.1:99999",
                                "nonsense://anna:s3cr3t@127.0.0.1", "http://anna:s3cr3t@127.0.0.1:1");
    CHECK_THROWS_WITH(Shotgrid(connection, once()).find({.type = "ApiUser"}), !Contains("s3cr3t"));
}
