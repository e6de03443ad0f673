#include "protect_final/frames.hpp"
#include "protect_final/location.hpp"
#include "protect_final/rule.hpp"

#include <foley/json.hpp>

#include <catch2/catch.hpp>

using namespace protect_final;
using Catch::Matchers::Contains;

TEST_CASE("an image sequence is its files, and no others", "[protect_final][frames]") {
    for (const char* name : {"beauty.%04d.exr", "beauty.%d.exr", "beauty.####.exr", "beauty.@@@@.exr", "beauty.$F4.exr",
                             "beauty.$F.exr"}) {
        CAPTURE(name);
        const auto frames = Frames::of(name);
        REQUIRE(frames);
        CHECK(frames->fits("beauty.1001.exr"));
        CHECK(frames->fits("beauty.-5.exr"));
        for (const char* other : {"beauty..exr", "beauty.exr", "beauty.1001.jpg", "beauty.10a1.exr", "matte.1001.exr",
                                  "beauty.-.exr", "xbeauty.1001.exr"})
            CHECK_FALSE(frames->fits(other));
    }
    CHECK_FALSE(Frames::of("beauty.1001.exr"));
    CHECK_FALSE(Frames::of("100%.exr"));
    CHECK_FALSE(Frames::of("cost$.exr"));
}

TEST_CASE("a path is found beneath the longest root that it begins with", "[protect_final][location]") {
    const std::vector<std::filesystem::path> roots{"/mnt/show", "/mnt/show/deep", "/mnt"};
    const auto location = locate("/mnt/show/deep//a/./b/", roots, {});
    CHECK(location.root == "/mnt/show/deep");
    CHECK(location.steps == std::vector<std::string>{"a", "b"});
    CHECK(location.shown() == "/mnt/show/deep/a/b");
    CHECK(locate("/mnt/showreel/a", roots, {}).root == "/mnt");
}

TEST_CASE("paths of other computers are translated", "[protect_final][location]") {
    const std::vector<std::filesystem::path> roots{"/mnt/show"};
    const PathMap map{{"P:", "/mnt/show"},
                      {R"(\\server\show\)", "/mnt/show"},
                      {"/Volumes/show", "/mnt/show"},
                      {"P:/old", "/mnt/show/archive"}};
    CHECK(locate(R"(P:\shots\a.mov)", roots, map).shown() == "/mnt/show/shots/a.mov");
    CHECK(locate(R"(P:\old\a.mov)", roots, map).shown() == "/mnt/show/archive/a.mov");
    CHECK(locate(R"(\\server\show\a.mov)", roots, map).shown() == "/mnt/show/a.mov");
    CHECK(locate("/Volumes/show/a.mov", roots, map).shown() == "/mnt/show/a.mov");
    CHECK_THROWS_WITH(locate("/Volumes/showreel/a.mov", roots, map), Contains("beneath none of the roots"));
    CHECK_THROWS_WITH(locate(R"(Q:\a.mov)", roots, map), Contains("no path on this computer"));
}

TEST_CASE("what leaves the roots is refused", "[protect_final][location]") {
    const std::vector<std::filesystem::path> roots{"/mnt/show"};
    CHECK_THROWS_AS(locate("/etc/passwd", roots, {}), PathRefused);
    CHECK_THROWS_AS(locate("/mnt/show/../../etc", roots, {}), PathRefused);
    CHECK_THROWS_AS(locate("/mnt/show", roots, {}), PathRefused);
    CHECK_THROWS_AS(locate("shots/a.mov", roots, {}), PathRefused);
    CHECK_THROWS_AS(locate("", roots, {}), PathRefused);
    CHECK_THROWS_AS(locate(std::string_view("/mnt/show/a\0b", 13), roots, {}), PathRefused);
}

TEST_CASE("a path is made of an entity's fields, each one folder's name", "[protect_final][rule]") {
    const auto entity = foley::json::parse(
        R"({"code": "sh010", "project.Project.name": "Demo", "bad": "a/b", "up": "..", "none": null,
            "sg_path": "/mnt/show/x", "path": {"link_type": "local", "local_path": "/Volumes/x",
            "local_path_linux": "/mnt/x", "name": "x"}})");
    const auto path = [&](const char* text) { return render(fields::TextTemplate(text), entity); };
    CHECK(path("/mnt/{project.name}/{code}") == "/mnt/Demo/sh010");
    CHECK(path("{sg_path}/plates") == "/mnt/show/x/plates");
    CHECK(path("{path}") == "/mnt/x");
    CHECK_THROWS_WITH(path("/mnt/{bad}"), Contains("cannot be one folder's name"));
    CHECK_THROWS_WITH(path("/mnt/{up}"), Contains("cannot be one folder's name"));
    CHECK_THROWS_WITH(path("/mnt/{none}"), Contains("none is empty"));
}
