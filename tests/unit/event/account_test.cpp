#include "core/event/account.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;

TEST_CASE("a script is known by its name, with or without a version", "[event]") {
    CHECK(names_script("daemon", "daemon"));
    CHECK(names_script("daemon 1.0", "daemon"));
    CHECK(names_script("the daemon 2.1", "the daemon"));
    CHECK_FALSE(names_script("daemon ", "daemon"));
    CHECK_FALSE(names_script("daemon of anna", "daemon"));
    CHECK_FALSE(names_script("daemon2", "daemon"));
    CHECK_FALSE(names_script("the daemon", "daemon"));
    CHECK_FALSE(names_script("", "daemon"));
}

TEST_CASE("an account causes events in its own name, and a script those in the name of a person", "[event]") {
    Event event;
    event.shape = Shape::shotgrid;
    event.user = "Anna";
    CHECK_FALSE(caused_by(event, "daemon"));
    event.actual_user = "daemon 1.0";
    CHECK(caused_by(event, "daemon"));
    event.user = "daemon 1.0";
    event.actual_user.clear();
    CHECK(caused_by(event, "daemon"));
    CHECK_FALSE(caused_by(event, ""));

    event.shape = Shape::ftrack;
    CHECK_FALSE(caused_by(event, "daemon"));
    CHECK(caused_by(event, "daemon 1.0"));
    event.kind = EventKind::gap;
    CHECK_FALSE(caused_by(event, "daemon 1.0"));
}
