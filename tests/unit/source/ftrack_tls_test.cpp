// The ftrack source over TLS, with certificates made here.
#include "core/source/ftrack/ftrack_source.hpp"
#include "tests/sites/certificate.hpp"
#include "tests/sites/ftrack/sim_ftrack.hpp"
#include "tests/unit/source/await.hpp"
#include "tests/unit/source/memory_journal.hpp"

#include <foley/site/error.hpp>
#include <foley/site/ftrack.hpp>

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
namespace sim = foley::sim;
using sim::Certificate;

namespace {

FtrackSourceOptions options_for(const sim::SimFtrack& site, const std::string& ca_file) {
    FtrackSourceOptions options;
    options.name = "studio";
    options.connection.name = "studio";
    options.connection.url = site.url();
    options.connection.user = site.options().user;
    options.connection.secret = foley::Secret(site.options().key);
    options.connection.ca_file = ca_file;
    return options;
}

sim::SimFtrackOptions with_tls(const Certificate& certificate) {
    sim::SimFtrackOptions options;
    options.certificate = certificate.file();
    options.private_key = certificate.key();
    return options;
}

}  // namespace

TEST_CASE("the hub is followed over TLS with an authority of its own", "[source][tls]") {
    const Certificate certificate("localhost");
    sim::SimFtrack site(with_tls(certificate));
    MemoryJournal journal;
    SystemClock clock;
    FtrackSource source(options_for(site, certificate.file()), {journal, clock, {}});
    source.start();
    REQUIRE(await([&] { return source.status().state == SourceState::live; }));
    site.publish("ftrack.update");
    CHECK(await([&] { return journal.of_kind(EventKind::site).size() == 1; }));
    site.drop_connections(true);
    CHECK(await([&] { return journal.of_kind(EventKind::gap).size() == 2; }));
}

TEST_CASE("a certificate that nobody vouches for is refused", "[source][tls]") {
    const Certificate certificate("localhost");
    sim::SimFtrack site(with_tls(certificate));
    MemoryJournal journal;
    SystemClock clock;
    FtrackSource source(options_for(site, ""), {journal, clock, {}});
    source.start();
    REQUIRE(await([&] { return source.status().state == SourceState::refused; }));
    CHECK(source.status().detail.find("is not trusted") != std::string::npos);
    CHECK(journal.events().empty());
}

TEST_CASE("a certificate of another host is refused", "[source][tls]") {
    const Certificate certificate("elsewhere.example.com");
    sim::SimFtrack site(with_tls(certificate));
    MemoryJournal journal;
    SystemClock clock;
    FtrackSource source(options_for(site, certificate.file()), {journal, clock, {}});
    source.start();
    REQUIRE(await([&] { return source.status().state == SourceState::refused; }));
    CHECK(source.status().detail.find("is not trusted") != std::string::npos);
}

TEST_CASE("the API client trusts the same authorities", "[source][tls]") {
    const Certificate certificate("localhost");
    sim::SimFtrack site(with_tls(certificate));
    auto connection = options_for(site, certificate.file()).connection;
    foley::site::FtrackOptions once;
    once.attempts = 1;
    CHECK_NOTHROW(foley::site::Ftrack(connection, once).server_information());
    connection.ca_file.clear();
    CHECK_THROWS_AS(foley::site::Ftrack(connection, once).server_information(), foley::site::TlsError);
}
