#include "core/report/mail_text.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Notice notice(NoticeKind kind) {
    Notice made;
    made.kind = kind;
    made.name = "hammertrack";
    made.callback = "on_location";
    made.event = "4711 (Shotgun_Task_Change 4044184 of studio)";
    made.what = "the site knows no field sg_location";
    made.at = Timestamp(std::chrono::sys_seconds(1795253400s));
    return made;
}

}  // namespace

TEST_CASE("a mail says plugin, event, what happened, when and where, and what to do", "[report][mail_text]") {
    const MailText mail = describe(notice(NoticeKind::disabled), 15min, "farm7");
    CHECK(mail.subject == "hammertrack is disabled, event 4711");
    CHECK(mail.body ==
          "Plugin:    hammertrack\n"
          "Callback:  on_location\n"
          "Event:     4711 (Shotgun_Task_Change 4044184 of studio)\n"
          "When:      2026-11-21T09:30:00Z\n"
          "Machine:   farm7\n"
          "\n"
          "the site knows no field sg_location\n"
          "\n"
          "What to do: Its position stands still and nothing is lost. Mend the plugin: it goes on when its "
          "file changes. Or run it again with: foleyctl enable hammertrack. With --skip-event the event "
          "that failed becomes a dead letter.\n"
          "\n"
          "-- \n"
          "The same again is counted, and told in one mail every 15 min.\n");
}

TEST_CASE("each kind has a title and an advice with a command to type", "[report][mail_text]") {
    const auto [kind, subject, command] = GENERATE(table<NoticeKind, std::string, std::string>(
        {{NoticeKind::disabled, "hammertrack is disabled", "foleyctl enable hammertrack"},
         {NoticeKind::crash, "hammertrack crashed", "foleyctl crashes hammertrack"},
         {NoticeKind::reload, "hammertrack: the newest file cannot be used", "foleyctl check FILE.so"},
         {NoticeKind::dead_letter, "hammertrack gave up on an event", "foleyctl dead-letters hammertrack"},
         {NoticeKind::source, "source hammertrack takes no events", "foleyctl sources hammertrack"},
         {NoticeKind::log, "hammertrack reports an error", "log"}}));
    CHECK(title(notice(kind)) == subject);
    CHECK_THAT(advice(notice(kind)), Contains(command));
    CHECK_THAT(describe(notice(kind), 15min, "farm7").body,
               StartsWith(kind == NoticeKind::source ? "Source: " : "Plugin: "));
}

TEST_CASE("a crash brings its stack, a long one is cut", "[report][mail_text]") {
    Notice crash = notice(NoticeKind::crash);
    crash.details = "#0 on_location() at hammertrack.cpp:41\n";
    CHECK_THAT(describe(crash, 15min, "farm7").body, Contains("hammertrack.cpp:41"));
    crash.details.assign(1'000'000, 'x');
    crash.what.assign(1'000'000, 'y');
    CHECK(describe(crash, 15min, "farm7").body.size() < 30'000);
}

TEST_CASE("a summary counts, and shows the last of each kind", "[report][mail_text]") {
    Summary summary;
    summary.period = 15min;
    summary.groups.push_back({notice(NoticeKind::dead_letter), notice(NoticeKind::dead_letter).at - 10min, 9999});
    summary.groups.push_back({notice(NoticeKind::crash), notice(NoticeKind::crash).at, 1});
    const MailText mail = describe(summary, "farm7");
    CHECK(mail.subject == "10000 further errors");
    CHECK_THAT(mail.body, Contains("10000 further errors within 15 min.") &&
                              Contains("9999 times: hammertrack gave up on an event") &&
                              Contains("2026-11-21T09:20:00Z and 2026-11-21T09:30:00Z") &&
                              Contains("once: hammertrack crashed"));
}

TEST_CASE("a summary of one kind has it in the subject", "[report][mail_text]") {
    Summary summary;
    summary.groups.push_back({notice(NoticeKind::crash), notice(NoticeKind::crash).at, 1});
    CHECK(describe(summary, "farm7").subject == "once more: hammertrack crashed");
    summary.groups[0].count = 2;
    CHECK(describe(summary, "farm7").subject == "2 times more: hammertrack crashed");
    summary.others = 1;
    CHECK(describe(summary, "farm7").subject == "3 further errors");
}

TEST_CASE("no name can forge a fact", "[report][mail_text]") {
    Notice odd = notice(NoticeKind::disabled);
    odd.callback = "on_location\nEvent:     1";
    odd.event = "4711 (type\r\nWhat to do: nothing 1 of studio)";
    const std::string body = describe(odd, 15min, "farm7").body;
    CHECK_THAT(body, Contains("Callback:  on_location Event: 1\n"));
    CHECK_THAT(body, Contains("Event:     4711 (type What to do: nothing 1 of studio)\n"));
}
