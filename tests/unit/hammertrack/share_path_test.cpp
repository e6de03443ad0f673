#include "hammertrack/share_path.hpp"

#include "hammertrack/errors.hpp"

#include <catch2/catch.hpp>

#include <string>

using hammertrack::PathRefused;
using hammertrack::SharePath;

TEST_CASE("a resource identifier is a path beneath the prefix", "[hammertrack][share_path]") {
    CHECK(SharePath::beneath("/mnt/hs", "demo/sh_010/main.exr").text() == "demo/sh_010/main.exr");
    CHECK(SharePath::beneath("/mnt/hs", "demo//sh_010/./main.exr/").text() == "demo/sh_010/main.exr");
    CHECK(SharePath::beneath("/mnt/hs", "/mnt/hs/demo/x").text() == "demo/x");
    CHECK(SharePath::beneath("/mnt/hs/", "/mnt//hs/demo").text() == "demo");
}

TEST_CASE("an identifier that is empty, climbs or is the mount itself is refused", "[hammertrack][share_path]") {
    for (const std::string identifier : {"", ".", "./", "/", "/mnt/hs", "/mnt/hs/", "/mnt/hs/.", "..", "../hs-backup/x",
                                         "a/../b", "demo/..", "/mnt/hs/../x", "/mnt/hs-backup/x", "/mnt", "/etc/passwd",
                                         "demo/.fs_command_gateway 0x1", ".fs_command_gateway"}) {
        CAPTURE(identifier);
        CHECK_THROWS_AS(SharePath::beneath("/mnt/hs", identifier), PathRefused);
    }
    CHECK_THROWS_AS(SharePath::beneath("/mnt/hs", std::string("a\0b", 3)), PathRefused);
    CHECK_THROWS_AS(SharePath::beneath("/mnt/hs", "a\nb"), PathRefused);
    CHECK_THROWS_AS(SharePath::beneath("/mnt/hs", std::string(300, 'a')), PathRefused);
}

TEST_CASE("a prefix is compared by whole components", "[hammertrack][share_path]") {
    CHECK_THROWS_WITH(SharePath::beneath("/mnt/hs", "/mnt/hs2/x"), Catch::Contains("not beneath"));
    CHECK(SharePath::beneath("/", "/etc/x").text() == "etc/x");
}

TEST_CASE("names become sanitised folders", "[hammertrack][share_path]") {
    CHECK(SharePath::from_names({"Demo", "Sequence A", "SH 010"}).text() == "demo/sequence_a/sh_010");
    CHECK(SharePath::from_names({"Demo", "a/b"}).text() == "demo/a_b");
}

TEST_CASE("a name that comes to nothing or to dots refuses the whole path", "[hammertrack][share_path]") {
    for (const std::string name : {"", "日本", "..", ".", "‥", "ł"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(SharePath::from_names({"demo", name, "sh_010"}), PathRefused);
        CHECK_THROWS_AS(SharePath::from_names({name}), PathRefused);
    }
    CHECK_THROWS_AS(SharePath::from_names({}), PathRefused);
}

TEST_CASE("a path knows its name and its parent, and the share is nobody's parent", "[hammertrack][share_path]") {
    const auto path = SharePath::relative("demo/sh_010/main.exr");
    CHECK(path.name() == "main.exr");
    CHECK(path.parent()->text() == "demo/sh_010");
    CHECK(path.parent()->parent()->text() == "demo");
    CHECK_FALSE(path.parent()->parent()->parent());
}

TEST_CASE("a frame pattern is told from a file", "[hammertrack][share_path]") {
    CHECK(hammertrack::is_sequence_name("main.%04d.exr"));
    CHECK(hammertrack::is_sequence_name("main.%d.exr"));
    CHECK_FALSE(hammertrack::is_sequence_name("main.0001.exr"));
    CHECK_FALSE(hammertrack::is_sequence_name("100%.exr"));
    CHECK_FALSE(hammertrack::is_sequence_name("%0"));
}
