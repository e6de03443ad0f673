// copy_fields between the real daemon and a simulated ShotGrid site.
#include "integration/harness/production.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace foley::testing;
namespace shotgrid = foley::sim::shotgrid;

TEST_CASE("totals and copies follow the site, and the plugin's own writes end there",
          "[integration][shotgrid][copy_fields]") {
    Production production("copy_fields",
                          "hold: 1s, rules: {days: {on: Task, sum: duration, to: "
                          "entity.Shot.sg_cut_duration}, back: {on: Task, from: "
                          "entity.Shot.sg_cut_duration, to: sg_description}}");
    auto& site = production.show.site;
    const auto& demo = production.demo;
    site.change("Task", demo.tasks[0].id, R"({"duration":60})", demo.jane);
    site.change("Task", demo.tasks[1].id, R"({"duration":30})", demo.jane);
    production.show.daemon.await("the sum", [&] { return production.value(demo.shots[0], "sg_cut_duration") == "90"; });
    // The sum is a write of the plugin's, and so is what follows from it.
    production.log_scripts();
    site.change("Task", demo.tasks[1].id, R"({"duration":40})", demo.jane);
    production.show.daemon.await("the copy of the sum",
                                 [&] { return production.value(demo.tasks[0], "sg_description") == "\"100\""; });
    production.show.daemon.await_caught_up("copy_fields");
    const auto writes = site.calls("update");
    // While the site is away nothing is lost.
    site.be_away(std::chrono::seconds(1));
    site.change("Task", demo.tasks[1].id, R"({"duration":41})", demo.jane);
    production.show.daemon.await("the new copy",
                                 [&] { return production.value(demo.tasks[1], "sg_description") == "\"101\""; });
    production.show.daemon.await_caught_up("copy_fields");
    CHECK(site.calls("update") - writes <= 6);
    CHECK(production.show.daemon.plugin("copy_fields").dead_letters == 0);
}
