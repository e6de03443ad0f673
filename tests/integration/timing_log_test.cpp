// The timing log: a line per event and callback.
#include "integration/harness/daemon.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <map>
#include <sstream>

using namespace foley::testing;
using Catch::Matchers::Contains;
using Fields = std::map<std::string, std::string>;

namespace {

// The fields of each line, of all files.
std::vector<Fields> lines(const std::filesystem::path& folder) {
    std::vector<Fields> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!entry.path().filename().string().starts_with("timing_")) continue;
        std::ifstream stream(entry.path());
        for (std::string line; std::getline(stream, line);) {
            REQUIRE(line.find("[timing] event_id=") != std::string::npos);
            std::istringstream words(line.substr(line.find("event_id=")));
            Fields fields;
            for (std::string word; words >> word;)
                fields[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
            result.push_back(fields);
        }
    }
    return result;
}

DaemonSetup timed() {
    return {.plugins = {{.name = "a", .options = "on_error: skip"}}, .log = "level: debug, timing: {path: timing.log}"};
}

}  // namespace

TEST_CASE("the timing log has a line per event and callback, with what each took", "[integration][timing_log]") {
    Daemon daemon(timed());
    daemon.install("a", test_plugin("steps"));
    daemon.start();
    daemon.emit("test.note", R"("created_at":"2026-03-31T15:26:16Z","fail":["first"])");
    const std::size_t count = scaled(500, 50);
    daemon.emit_many(count);
    daemon.await_caught_up("a");
    CHECK(daemon.stop().exit_code() == 0);
    const auto all = lines(daemon.directory());
    REQUIRE(all.size() == 3 * (count + 1));
    CHECK(all[0].at("event_id") == "1");
    CHECK(all[0].at("created_at") == "2026-03-31T15:26:16.000000+00:00");
    CHECK(all[0].at("callback") == "a.first");
    CHECK(all[0].at("error") == "True");
    CHECK(all[1].at("callback") == "a.second");
    CHECK(all[1].at("error") == "False");
    CHECK(all[2].at("callback") == "a.third");
    CHECK(all[2].at("start") <= all[2].at("end"));
    CHECK(all[3].at("event_id") == "2");
    for (const Fields& fields : all)
        CHECK(fields.size() == 11);
    for (const char* name : {"duration", "delay", "start", "end", "source", "event", "outcome"})
        CHECK(all[0].contains(name));
}

TEST_CASE("a callback that works long, or that crashed, shows it", "[integration][timing_log]") {
    DaemonSetup setup = timed();
    setup.plugins = {{.name = "a", .options = "on_crash: quarantine", .settings = "obeys: true, work: 30ms"}};
    Daemon daemon(setup);
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("a");
    daemon.emit("test.note", "\"wait_until\":\"" + daemon.flag("never").string() + "\"");
    daemon.await("the event to be in its callback", [&] { return daemon.plugin("a").in_callback == 2; });
    ::kill(daemon.plugin("a").pid, SIGSEGV);
    daemon.await_caught_up("a");
    CHECK(daemon.stop().exit_code() == 0);
    const auto all = lines(daemon.directory());
    REQUIRE(all.size() == 2);
    CHECK(all[0].at("duration") >= "00:00:00:00.030000");
    CHECK(all[0].at("callback") == "a.on_event");
    CHECK(all[1].at("event_id") == "2");
    CHECK(all[1].at("outcome") == "crashed");
    CHECK(all[1].at("error") == "True");
}

TEST_CASE("without the setting there is no timing log", "[integration][timing_log]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    daemon.emit();
    daemon.await_caught_up("a");
    CHECK(lines(daemon.directory()).empty());
}
