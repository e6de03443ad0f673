// A journal with a damaged row, under the real daemon.
#include "integration/harness/daemon.hpp"

#include "core/journal/sqlite/database.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace foley::testing;
using Catch::Matchers::Contains;
using Ids = std::vector<std::string>;

TEST_CASE("a damaged row stops its plugin, nobody else, and seek takes it past", "[integration]") {
    const bool in_backlog = GENERATE(true, false);
    CAPTURE(in_backlog);
    Daemon daemon({.plugins = {{.name = "a", .settings = "obeys: true, name: a"}, {.name = "b"}}});
    daemon.install_recorder("a");
    daemon.install_recorder("b");
    daemon.start();
    if (in_backlog) {
        daemon.emit("test.note", R"("for":"a","outcomes":["retry:3600000"])");
        daemon.emit();
        // Another event has its turn when the retry is in the journal.
        daemon.await("the retry", [&] {
            const PluginView a = daemon.plugin("a");
            return a.retries == 1 && a.done == 1;
        });
    } else {
        daemon.emit("test.note", "\"for\":\"a\",\"wait_until\":\"" + daemon.flag("go").string() + "\"");
        daemon.emit();
        daemon.await("two events to be handed out", [&] { return daemon.plugin("a").in_flight == 2; });
    }
    daemon.await_caught_up("b");
    daemon.kill();
    daemon.raise_flag("go");
    foley::core::Database(daemon.state_directory() / "journal.sqlite", false)
        .run(in_backlog ? "UPDATE backlog SET record = x'00'" : "UPDATE events SET payload = '{}' WHERE sequence = 1");
    daemon.start();
    daemon.await_state("a", "blocked");
    CHECK_THAT(daemon.plugin("a").reason, Contains("damaged") && Contains("foleyctl seek a --after 1"));
    daemon.emit();
    // Not by the list of events, which cannot be read whole.
    daemon.await("b to go on", [&] { return daemon.plugin("b").position == daemon.emitted(); });
    CHECK(daemon.run_foleyd({"--check-journal"}).exit_code() != 0);  // in use
    const Run sought = daemon.foleyctl({"seek", "a", "--after", "1"});
    INFO(sought.told());
    CHECK(sought.exit_code() == 0);
    daemon.await("a to go on", [&] { return daemon.plugin("a").position == daemon.emitted(); });
    CHECK(daemon.plugin("a").state == "running");
    CHECK(daemon.handled("a").ids().back() == std::to_string(daemon.emitted()));
}

TEST_CASE("after a kill the journal's rows are checked beside the work, and the status says what was found",
          "[integration]") {
    Daemon daemon({.plugins = {{.name = "a"}}});
    daemon.install_recorder("a");
    daemon.start();
    const auto noted = [&](const std::string& text) {
        const std::vector<std::string> notes = daemon.status().notes;
        return std::any_of(notes.begin(), notes.end(),
                           [&](const std::string& note) { return note.find(text) != std::string::npos; });
    };
    CHECK(daemon.status().notes.empty());
    daemon.emit_many(2000);
    daemon.await_caught_up("a");
    daemon.kill();
    daemon.start();
    daemon.await("the check to end well", [&] { return noted("rows of the journal are well"); });
    daemon.kill();
    foley::core::Database(daemon.state_directory() / "journal.sqlite", false)
        .run("UPDATE events SET payload = '{}' WHERE sequence = 1500");
    daemon.start();
    daemon.emit();
    daemon.await("a to go on", [&] { return daemon.plugin("a").position == daemon.emitted(); });
    daemon.await("the damage to be found", [&] { return noted("event 1500"); });
    CHECK(daemon.stop().exit_code() == 0);
    daemon.start();
    CHECK(daemon.status().notes.empty());
}
