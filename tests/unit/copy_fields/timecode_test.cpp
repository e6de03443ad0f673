#include "copy_fields/timecode.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace copy_fields;

TEST_CASE("frames are written as timecode and read back", "[copy_fields][timecode]") {
    CHECK(timecode_of(0, 24, Counting::every) == "00:00:00:00");
    CHECK(timecode_of(86'400 + 25, 24, Counting::every) == "01:00:01:01");
    CHECK(frames_of("01:00:01:01", 24) == 86'425);
    // 23.976 counts as 24 does, 29.97 as 30.
    CHECK(timecode_of(24, 23.976, Counting::every) == "00:00:01:00");
    CHECK(frames_of("00:01:00:00", 29.97) == 1800);
    for (const double fps : {24.0, 25.0, 23.976, 29.97, 30.0, 48.0, 59.94, 60.0}) {
        for (std::int64_t frames = 0; frames < 1'000'000; frames += 997)
            REQUIRE(frames_of(timecode_of(frames, fps, Counting::every), fps) == frames);
    }
}

TEST_CASE("drop frame leaves out two numbers of each minute but every tenth", "[copy_fields][timecode]") {
    CHECK(timecode_of(1799, 29.97, Counting::drop) == "00:00:59;29");
    CHECK(timecode_of(1800, 29.97, Counting::drop) == "00:01:00;02");
    CHECK(timecode_of(17'982, 29.97, Counting::drop) == "00:10:00;00");
    CHECK(timecode_of(107'892, 29.97, Counting::drop) == "01:00:00;00");
    CHECK(timecode_of(3600, 59.94, Counting::drop) == "00:01:00;04");
    CHECK(frames_of("01:00:00;00", 29.97) == 107'892);
    for (const double fps : {29.97, 59.94}) {
        for (std::int64_t frames = 0; frames < 400'000; ++frames)
            REQUIRE(frames_of(timecode_of(frames, fps, Counting::drop), fps) == frames);
    }
    CHECK_THROWS_AS(frames_of("00:01:00;01", 29.97), std::domain_error);
    CHECK_THROWS_AS(frames_of("00:01:00;05", 24), std::domain_error);
    CHECK_THROWS_AS(timecode_of(10, 25, Counting::drop), std::domain_error);
}

TEST_CASE("what is no timecode is refused", "[copy_fields][timecode]") {
    const auto* const text =
        GENERATE("", "1:00:00:00", "01:00:00:24", "01:60:00:00", "01:00:60:00", "01:00:00:0x", "01-00-00-00",
                 "010:00:00:0", "-1:00:00:00", "01:00:00:00:00", "\xC3\xA9:00:00:000");
    CAPTURE(text);
    CHECK_THROWS_AS(frames_of(text, 24), std::domain_error);
}

TEST_CASE("frames and rates out of range are refused", "[copy_fields][timecode]") {
    CHECK_THROWS_AS(timecode_of(-1, 24, Counting::every), std::domain_error);
    CHECK(timecode_of(100LL * 3600 * 24 - 1, 24, Counting::every) == "99:59:59:23");
    CHECK_THROWS_AS(timecode_of(100LL * 3600 * 24, 24, Counting::every), std::domain_error);
    CHECK_THROWS_AS(timecode_of(100LL * 3600 * 30 - 1, 29.97, Counting::drop), std::domain_error);
    for (const double fps : {0.0, -24.0, 0.1, 1e9}) {
        CHECK_THROWS_AS(timecode_of(1, fps, Counting::every), std::domain_error);
        CHECK_THROWS_AS(frames_of("00:00:00:00", fps), std::domain_error);
    }
}
