#include "core/config/units.hpp"

#include "core/config/suggestion.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;

TEST_CASE("durations are read as people write them", "[config][units]") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("5s") == 5s);
    CHECK(parse_duration("1h 30m") == 90min);
    CHECK(parse_duration("1h30min") == 90min);
    CHECK(parse_duration("14d") == 14 * 24h);
    CHECK(parse_duration("1.5h") == 90min);
    CHECK(parse_duration("2 w") == 14 * 24h);
    CHECK(parse_duration("0") == 0us);
    for (const char* wrong : {"", "5", "s", "-5s", "5 parsecs", "5s 1h", "1h 1h", "1e3s", "99999999w", "5s!"}) {
        INFO(wrong);
        CHECK_FALSE(parse_duration(wrong));
    }
}

TEST_CASE("durations are written so that they can be read again", "[config][units]") {
    for (const auto duration : {0us, 1us, 1500us, 61'000'000us, std::chrono::microseconds(36h + 5s + 7us)}) {
        CHECK(parse_duration(format_duration(duration)) == duration);
    }
    CHECK(format_duration(90min) == "1h 30m");
}

TEST_CASE("sizes are read as people write them", "[config][units]") {
    CHECK(parse_size("64 MiB") == 64u << 20);
    CHECK(parse_size("512KiB") == 512u << 10);
    CHECK(parse_size("1.5 GiB") == 1536u << 20);
    CHECK(parse_size("200 MB") == 200'000'000u);
    CHECK(parse_size("4096") == 4096u);
    for (const char* wrong : {"", "MiB", "-1 MiB", "64 mib", "1 MiB 2", "9999999 TiB"}) {
        INFO(wrong);
        CHECK_FALSE(parse_size(wrong));
    }
    CHECK(format_size(64u << 20) == "64 MiB");
    CHECK(format_size(1536) == "1.5 KiB");
}

TEST_CASE("times are read with or without an offset", "[config][units]") {
    const Timestamp day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
    CHECK(parse_time("2026-11-21") == day);
    CHECK(parse_time("2026-11-21T09:30") == day + 9h + 30min);
    CHECK(parse_time("2026-11-21 09:30:00.25Z") == day + 9h + 30min + 250ms);
    CHECK(parse_time("2026-11-21T09:30:00+01:00") == day + 8h + 30min);
    CHECK(parse_time("2026-11-21T09:30:00-0530") == day + 15h);
    for (const char* wrong : {"", "2026", "2026-02-30", "2026-11-21T25:00", "2026-11-21T09:30:00X", "21.11.2026"}) {
        INFO(wrong);
        CHECK_FALSE(parse_time(wrong));
    }
    CHECK(format_time(day + 9h + 30min) == "2026-11-21T09:30:00Z");
    CHECK(format_time(day + 250ms) == "2026-11-21T00:00:00.250Z");
}

TEST_CASE("the word that was meant is found, a word far from all is not", "[config][suggestion]") {
    const std::vector<std::string> known{"label_store", "labels", "mount"};
    CHECK(nearest("lable_store", known) == "label_store");
    CHECK(nearest("Mount", known) == "mount");
    CHECK(nearest("mnt", known).empty());
    CHECK(suggestion("quux", known) == "known here: label_store, labels, mount");
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("ab", "ba") == 1);
}
