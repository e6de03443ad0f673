#include "fields/schema.hpp"

#include "tests/sites/shotgrid/sim_shotgrid.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using fields::FieldPath;

TEST_CASE("the schema knows which paths lead to a field", "[fields][schema]") {
    foley::sim::SimShotgrid site;
    foley::site::Shotgrid shotgrid(site.connection());
    fields::Schema schema(shotgrid);
    CHECK(schema.fault_of("Task", FieldPath("entity.Shot.sg_sequence.Sequence.code")).empty());
    CHECK(schema.data_type("Task", FieldPath("entity.Shot.sg_cut_in")) == "number");
    CHECK_THAT(schema.fault_of("Shot", FieldPath("sg_nope")), Contains("Shot has no field sg_nope"));
    CHECK_THAT(schema.fault_of("Task", FieldPath("entity.Shot.sg_nope")), Contains("Shot has no field sg_nope"));
    CHECK_THAT(schema.fault_of("Task", FieldPath("content.Shot.code")), Contains("Task.content is no link"));
    CHECK_THAT(schema.fault_of("Tusk", FieldPath("code")), Contains("no entity type Tusk"));
    CHECK_THAT(schema.fault_of("Task", FieldPath("entity.Shoot.code")), Contains("no entity type Shoot"));
    CHECK(site.calls("schema_field_read") == 5);
}

TEST_CASE("a site that is away is not a site without fields", "[fields][schema]") {
    foley::sim::SimShotgrid site;
    foley::site::ShotgridOptions options;
    options.attempts = 1;
    foley::site::Shotgrid shotgrid(site.connection(), options);
    site.stop_listening();
    fields::Schema schema(shotgrid);
    CHECK_THROWS_AS(schema.fault_of("Shot", FieldPath("code")), foley::SiteError);
    site.listen_again();
    CHECK(schema.fault_of("Shot", FieldPath("code")).empty());
}
