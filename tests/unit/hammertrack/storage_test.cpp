#include "hammertrack/storage.hpp"

#include <catch2/catch.hpp>

using namespace hammertrack;
using Scenario = foley::site::FtrackStorage;

namespace {

Scenario central(const std::string& linux_mount) {
    Scenario scenario;
    scenario.scenario = "ftrack.centralized-storage";
    scenario.location_id = "loc-1";
    scenario.mount_linux = linux_mount;
    return scenario;
}

}  // namespace

TEST_CASE("the storage scenario says where the files are", "[hammertrack][storage]") {
    const auto storage = storage_of(central("/mnt//hs/"), "", "", true);
    CHECK(storage.location == "loc-1");
    CHECK(storage.root == "/mnt/hs");
    CHECK(storage.prefix == "/mnt/hs");
}

TEST_CASE("the settings win, and absolute identifiers keep the site's prefix", "[hammertrack][storage]") {
    const auto storage = storage_of(central("/mnt/hs"), "/data/hs", "loc-2", true);
    CHECK(storage.location == "loc-2");
    CHECK(storage.root == "/data/hs");
    CHECK(storage.prefix == "/mnt/hs");
    CHECK(storage_of({}, "/data/hs", "loc-2", true).prefix == "/data/hs");
    CHECK(storage_of({}, "/data/hs", "", false).location.empty());
}

TEST_CASE("without a known place the plugin does not start", "[hammertrack][storage]") {
    CHECK_THROWS_WITH(storage_of({}, "", "", true), Catch::Contains("centralized storage scenario"));
    CHECK_THROWS_AS(storage_of(central(""), "", "", true), NoStorage);
    CHECK_THROWS_AS(storage_of({}, "/data/hs", "", true), NoStorage);
    CHECK_THROWS_WITH(storage_of(central("$HS/x"), "", "", true), Catch::Contains("setting `mount`"));
    CHECK_THROWS_AS(storage_of(central("~/hs"), "", "", true), NoStorage);
    CHECK_THROWS_AS(storage_of(central("hs"), "", "", true), NoStorage);
    CHECK_THROWS_AS(storage_of(central("/"), "", "", true), NoStorage);
}
