// Which events of the log are taken: by project, by type, and by who did it. The rest is counted, and never missing.
#include "shotgrid_rig.hpp"

#include <foley/abi.h>

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;

namespace {

std::string entry(const std::string& type, const std::string& project = "null", const std::string& user = "null",
                  const std::string& meta = "null") {
    return R"("event_type":")" + type + R"(","project":)" + project + R"(,"user":)" + user + R"(,"meta":)" + meta;
}
std::string project(int id, const std::string& name) {
    return R"({"type":"Project","id":)" + std::to_string(id) + R"(,"name":")" + name + "\"}";
}
std::string script(int id, const std::string& name) {
    return R"({"type":"ApiUser","id":)" + std::to_string(id) + R"(,"name":")" + name + "\"}";
}

struct Studio : ShotgridRig {
    Studio() {
        options.start = ShotgridSourceOptions::Start::earliest;
        log.commit(1, entry("Shotgun_Task_Change", project(70, "Snow")));
        log.commit(2, entry("Shotgun_Task_New", project(71, "Test Rain")));
        log.commit(3, entry("Shotgun_HumanUser_Change"));
        log.commit(4, entry("Shotgun_Version_Change", project(70, "Snow")));
        log.commit(5, entry("Toolkit_App_Startup", project(72, "Sun")));
    }
    Ids taken() {
        start();
        settle();
        CHECK(more("position") == "5");
        CHECK(status().open_gaps == 0);
        CHECK(more("excluded") == std::to_string(5 - ids().size()));
        return ids();
    }
};

}  // namespace

TEST_CASE("without any wish every event is taken", "[source][shotgrid]") {
    CHECK(Studio().taken() == numbers(1, 5));
}

TEST_CASE("projects are named by id or name, and events of none pass unless told otherwise", "[source][shotgrid]") {
    Studio studio;
    studio.options.projects = {GENERATE(as<std::string>{}, "Snow", "70")};
    SECTION("with those of no project") {
        CHECK(studio.taken() == Ids{1, 3, 4});
    }
    SECTION("without") {
        studio.options.without_project = false;
        CHECK(studio.taken() == Ids{1, 4});
    }
}

TEST_CASE("projects can be left out, also by the beginning of their names", "[source][shotgrid]") {
    Studio studio;
    SECTION("one") {
        studio.options.exclude_projects = {"72"};
        CHECK(studio.taken() == Ids{1, 2, 3, 4});
    }
    SECTION("by prefix") {
        studio.options.exclude_projects = {"Test*", "Sun"};
        CHECK(studio.taken() == Ids{1, 3, 4});
    }
    SECTION("those without") {
        studio.options.without_project = false;
        CHECK(studio.taken() == Ids{1, 2, 4, 5});
    }
}

TEST_CASE("types are taken and left out", "[source][shotgrid]") {
    Studio studio;
    SECTION("some") {
        studio.options.types = {"Shotgun_Task_*", "Toolkit_App_Startup"};
        CHECK(studio.taken() == Ids{1, 2, 5});
    }
    SECTION("but not these") {
        studio.options.types = {"Shotgun_Task_*"};
        studio.options.exclude_types = {"Shotgun_Task_New"};
        CHECK(studio.taken() == Ids{1});
    }
    SECTION("of no project") {
        studio.options.types = {"Shotgun_HumanUser_Change"};
        CHECK(studio.taken() == Ids{3});
    }
    SECTION("all but these") {
        studio.options.exclude_types = {"Toolkit_*"};
        CHECK(studio.taken() == Ids{1, 2, 3, 4});
    }
}

TEST_CASE("an excluded event that comes late is counted and not waited for any longer", "[source][shotgrid]") {
    Studio studio;
    studio.options.exclude_types = {"Toolkit_*"};
    studio.log.commit(7, entry("Shotgun_Task_Change"));
    studio.start();
    studio.settle();
    CHECK(studio.more("missing") == "6");
    studio.log.commit(6, entry("Toolkit_App_Startup"));
    studio.live(2s);
    CHECK(studio.more("missing").empty());
    CHECK(studio.more("excluded") == "2");
    // Neither is it taken after a restart.
    studio.start();
    studio.live(10s);
    CHECK(studio.ids() == Ids{1, 2, 3, 4, 7});
    CHECK(studio.status().open_gaps == 0);
}

TEST_CASE("what the source's own script did can be left out, also what it did in another's name",
          "[source][shotgrid]") {
    ShotgridRig rig;
    rig.options.start = ShotgridSourceOptions::Start::earliest;
    rig.log.commit(1, entry("Shotgun_Task_Change", "null", script(12, "foley 1.0")));
    rig.log.commit(2, entry("Shotgun_Task_Change", "null", script(13, "foley 2.0")));
    rig.log.commit(3, entry("Shotgun_Task_Change", "null", script(14, "foley publisher 1.0")));
    rig.log.commit(4, entry("Shotgun_Task_Change", "null", R"({"type":"HumanUser","id":12,"name":"foley"})"));
    rig.log.commit(5, entry("Shotgun_Task_Change", "null", R"({"type":"HumanUser","id":24,"name":"Jane Doe"})",
                            R"({"sudo_actual_user":)" + script(12, "foley 1.0") + "}"));
    SECTION("taken unless told otherwise") {
        rig.start();
        rig.settle();
        CHECK(rig.ids() == numbers(1, 5));
    }
    rig.options.skip_own_events = true;
    SECTION("known by its id") {
        rig.log.script = R"([{"type":"ApiUser","id":12}])";
        rig.start();
        rig.settle();
        CHECK(rig.ids() == Ids{2, 3, 4});
        CHECK(rig.more("excluded") == "2");
    }
    SECTION("known by its name where the site does not say") {
        rig.log.script = GENERATE(as<std::string>{}, "", "[]");
        rig.start();
        rig.settle();
        CHECK(rig.ids() == Ids{3, 4});
        CHECK(rig.count_told(FOLEY_LOG_INFO, "by its name") == 1);
    }
}
