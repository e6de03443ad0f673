#include "core/report/timing_log.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Timestamp at(std::chrono::microseconds time) {
    return Timestamp(std::chrono::sys_seconds(1795253400s)) + time;  // 2026-11-21T09:30:00Z
}

Timing timing() {
    auto event = std::make_shared<Event>();
    event->sequence = Sequence{4711};
    event->source = "studio";
    event->id = "101";
    event->shape = Shape::shotgrid;
    event->payload = R"({"id":101,"created_at":"2026-11-21T09:29:58.5Z"})";
    event->received_at = at(-1s);
    return {.plugin = "foo",
            .callback = "bar",
            .event = event,
            .start = at(250ms),
            .duration = 1min + 2s + 3us,
            .failed = false,
            .outcome = "done"};
}

}  // namespace

TEST_CASE("a line has the fields of shotgunEvents' timing log", "[report][timing_log]") {
    CHECK(timing_line(timing()) ==
          "event_id=101 created_at=2026-11-21T09:29:58.500000+00:00 callback=foo.bar "
          "start=2026-11-21T09:30:00.250000+00:00 end=2026-11-21T09:31:02.250003+00:00 duration=00:00:01:02.000003 "
          "error=False delay=00:00:00:01.750000 source=studio event=4711 outcome=done");
}

TEST_CASE("durations reach into days, a clock that is behind gives a negative delay", "[report][timing_log]") {
    Timing long_one = timing();
    long_one.duration = 50h + 59min + 59s + 999999us;
    long_one.start = at(-1h);
    long_one.failed = true;
    CHECK_THAT(timing_line(long_one), Contains(" duration=02:02:59:59.999999 error=True delay=-00:00:59:58.500000 "));
}

TEST_CASE("an event that does not say when it was made counts from when it was received", "[report][timing_log]") {
    const std::string payload = GENERATE("{}", "not json", R"({"created_at":17})");
    Timing odd = timing();
    auto event = std::make_shared<Event>(*odd.event);
    event->payload = payload;
    odd.event = event;
    CHECK_THAT(timing_line(odd), Contains("created_at=2026-11-21T09:29:59.000000+00:00"));
}

TEST_CASE("no id or name can forge a field or a line", "[report][timing_log]") {
    Timing odd = timing();
    auto event = std::make_shared<Event>(*odd.event);
    event->id = "1 error=True\nevent_id=2";
    odd.event = event;
    CHECK_THAT(timing_line(odd), StartsWith("event_id=1\\x20error=True\\x0aevent_id=2 created_at="));
}

TEST_CASE("lines go to the file of the day, and what does not fit the queue is counted", "[report][timing_log]") {
    std::string folder = (std::filesystem::temp_directory_path() / "foley-timing-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    TimingOptions options;
    options.file = std::filesystem::path(folder) / "timing.log";
    options.queue_bytes = GENERATE(std::size_t{1} << 20, std::size_t{1});
    constexpr int kLines = 2000;
    {
        TimingLog log(options, [](int, const std::string&) {});
        for (int i = 0; i < kLines; ++i)
            log.write(timing());
    }
    std::ostringstream text;
    int lines = 0, dropped = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        CHECK_THAT(entry.path().filename().string(), StartsWith("timing_20"));
        std::ifstream stream(entry.path());
        for (std::string line; std::getline(stream, line);) {
            const auto mark = line.find("] ");
            if (line.find("info    [timing] event_id=101 ") != std::string::npos) ++lines;
            if (line.find("were dropped") != std::string::npos) dropped += std::stoi(line.substr(mark + 2));
        }
    }
    CHECK(lines + dropped == kLines);
    CHECK((options.queue_bytes > 1 || dropped > 0));
    std::filesystem::remove_all(folder);
}
