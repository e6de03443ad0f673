// A journal with a damaged row, under the real daemon.
#include "integration/harness/daemon.hpp"

#include "core/journal/sqlite/database.hpp"

#include <catch2/catch.hpp>

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
        daemon.await("the retry", [&] { return daemon.plugin("a").retries == 1; });
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
