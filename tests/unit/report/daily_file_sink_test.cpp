#include "core/report/daily_file_sink.hpp"

#include <catch2/catch.hpp>
#include <spdlog/details/log_msg.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace foley::core;
using Names = std::set<std::string>;

namespace {

// A moment of local time, which is Berlin's: with days of 23 and 25 hours.
spdlog::log_clock::time_point at(int year, int month, int day, int hour = 12, int minute = 0) {
    std::tm time{};
    time.tm_year = year - 1900;
    time.tm_mon = month - 1;
    time.tm_mday = day;
    time.tm_hour = hour;
    time.tm_min = minute;
    time.tm_isdst = -1;
    return spdlog::log_clock::from_time_t(std::mktime(&time));
}

class Logs {
public:
    Logs() {
        ::setenv("TZ", "Europe/Berlin", 1);
        ::tzset();
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-daily-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
    }
    ~Logs() {
        std::filesystem::remove_all(folder);
        ::unsetenv("TZ");
        ::tzset();
    }
    Logs(const Logs&) = delete;
    Logs& operator=(const Logs&) = delete;

    DailyFileSink open(std::uint16_t keep, spdlog::log_clock::time_point now) const {
        return {folder / "foleyd.log", keep, now};
    }
    static void write(DailyFileSink& sink, spdlog::log_clock::time_point time, const std::string& text) {
        sink.log(spdlog::details::log_msg(time, spdlog::source_loc{}, "foleyd", spdlog::level::info, text));
        sink.flush();
    }
    void leave(const std::string& name) const { std::ofstream(folder / name) << "old\n"; }
    Names names() const {
        Names all;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            all.insert(entry.path().filename().string());
        return all;
    }
    std::string content(const std::string& name) const {
        std::ifstream stream(folder / name);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }

    std::filesystem::path folder;
};

}  // namespace

TEST_CASE("each line goes into the file of its day", "[report][daily_file_sink]") {
    Logs logs;
    DailyFileSink sink = logs.open(14, at(2026, 11, 21, 23, 58));
    Logs::write(sink, at(2026, 11, 21, 23, 59), "late");
    CHECK(logs.names() == Names{"foleyd_2026-11-21.log"});
    Logs::write(sink, at(2026, 11, 22, 0, 0), "early");
    Logs::write(sink, at(2026, 11, 22, 23, 59), "later");
    Logs::write(sink, at(2026, 11, 25), "after a rest");
    CHECK(logs.names() == Names{"foleyd_2026-11-21.log", "foleyd_2026-11-22.log", "foleyd_2026-11-25.log"});
    CHECK_THAT(logs.content("foleyd_2026-11-21.log"),
               Catch::Matchers::Contains("late") && !Catch::Matchers::Contains("early"));
    CHECK_THAT(logs.content("foleyd_2026-11-22.log"),
               Catch::Matchers::Contains("early") && Catch::Matchers::Contains("later"));
}

TEST_CASE("days of 23 and of 25 hours end at midnight", "[report][daily_file_sink]") {
    Logs logs;
    DailyFileSink sink = logs.open(14, at(2026, 3, 29, 0, 30));
    Logs::write(sink, at(2026, 3, 29, 23, 59), "short day");
    CHECK(logs.names() == Names{"foleyd_2026-03-29.log"});
    Logs::write(sink, at(2026, 3, 30, 0, 0), "next");
    CHECK(logs.names() == Names{"foleyd_2026-03-29.log", "foleyd_2026-03-30.log"});
    DailyFileSink autumn = logs.open(14, at(2026, 10, 25, 0, 30));
    Logs::write(autumn, at(2026, 10, 25, 23, 59), "long day");
    CHECK(logs.names().count("foleyd_2026-10-26.log") == 0);
}

TEST_CASE("a start goes on with the file of the day", "[report][daily_file_sink]") {
    Logs logs;
    {
        DailyFileSink first = logs.open(14, at(2026, 11, 21));
        Logs::write(first, at(2026, 11, 21), "one");
    }
    DailyFileSink second = logs.open(14, at(2026, 11, 21));
    Logs::write(second, at(2026, 11, 21), "two");
    CHECK_THAT(logs.content("foleyd_2026-11-21.log"),
               Catch::Matchers::Contains("one") && Catch::Matchers::Contains("two"));
}

TEST_CASE("the newest files stay, at the turn of a day and at a start, also over days without a file",
          "[report][daily_file_sink]") {
    Logs logs;
    for (const char* name : {"foleyd_2026-10-01.log", "foleyd_2026-11-18.log", "foleyd_2026-11-20.log"})
        logs.leave(name);
    const Names others{"foleyd.log",       "foleyd_notes.log",         "foleyd_2026-11-1.log",
                       "a_2026-10-01.log", "foleyd_2026-10-01.log.gz", "foleyd_2026-10-xx.log"};
    for (const std::string& name : others)
        logs.leave(name);
    const auto with_others = [&](Names names) {
        names.insert(others.begin(), others.end());
        return names;
    };
    DailyFileSink sink = logs.open(3, at(2026, 11, 21));
    CHECK(logs.names() == with_others({"foleyd_2026-11-18.log", "foleyd_2026-11-20.log", "foleyd_2026-11-21.log"}));
    Logs::write(sink, at(2026, 11, 22), "a day later");
    CHECK(logs.names() == with_others({"foleyd_2026-11-20.log", "foleyd_2026-11-21.log", "foleyd_2026-11-22.log"}));
    const DailyFileSink all = logs.open(0, at(2026, 11, 30));
    CHECK(logs.names().size() == others.size() + 4);
}
