#include "core/report/mail_groups.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const Addresses kOne{"one@x.test"};
const Addresses kTwo{"two@x.test"};

// A clock that stands still until it is moved.
class Rounds {
public:
    explicit Rounds(unsigned at_once = 10) { groups.configure({15min, at_once}, "farm"); }

    bool mailed_at_once(const std::string& plugin, const std::string& what, const Addresses& to = kOne) {
        Notice notice;
        notice.kind = NoticeKind::dead_letter;
        notice.name = plugin;
        notice.callback = "on_event";
        notice.event = std::to_string(++event) + " (type id of source)";
        notice.what = what;
        notice.at = Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()));
        return groups.add(notice, to, now).has_value();
    }
    std::vector<MailGroups::Draft> due_after(std::chrono::milliseconds time) {
        now += time;
        return groups.take_due(now);
    }

    MailGroups groups;
    SteadyTime now = SteadyTime(1000h);
    std::uint64_t event = 0;
};

}  // namespace

TEST_CASE("ten thousand equal errors are one mail at once and one when the period is over", "[report][mail_groups]") {
    Rounds rounds;
    CHECK(rounds.mailed_at_once("a", "no such field"));
    unsigned mails = 0;
    for (int i = 1; i < 10000; ++i)
        mails += rounds.mailed_at_once("a", "no such field") ? 1U : 0U;
    CHECK(mails == 0);
    CHECK(rounds.due_after(14min).empty());
    const auto due = rounds.due_after(1min);
    REQUIRE(due.size() == 1);
    CHECK(due[0].to == kOne);
    CHECK(due[0].text.subject == "9999 times more: a gave up on an event");
    CHECK_THAT(due[0].text.body,
               Contains("9999 times: a gave up on an event") && Contains("10000 (type id of source)"));
}

TEST_CASE("what goes on is one mail a period, and news again after a period without it", "[report][mail_groups]") {
    Rounds rounds;
    CHECK(rounds.mailed_at_once("a", "bad"));
    for (int period = 0; period < 3; ++period) {
        CHECK_FALSE(rounds.mailed_at_once("a", "bad"));
        CHECK_FALSE(rounds.mailed_at_once("a", "bad"));
        CHECK(rounds.due_after(15min).size() == 1);
    }
    CHECK(rounds.due_after(15min).empty());
    CHECK_FALSE(rounds.groups.next_due());
    CHECK(rounds.mailed_at_once("a", "bad"));
}

TEST_CASE("an error that came once is not told again", "[report][mail_groups]") {
    Rounds rounds;
    CHECK(rounds.mailed_at_once("a", "bad"));
    CHECK(rounds.groups.next_due() == rounds.now + 15min);
    CHECK(rounds.due_after(15min).empty());
    CHECK_FALSE(rounds.groups.next_due());
}

TEST_CASE("errors that differ only in numbers and identifiers are equal, others are not", "[report][mail_groups]") {
    Rounds rounds;
    CHECK(rounds.mailed_at_once("a", "Shot 12 has no folder"));
    CHECK_FALSE(rounds.mailed_at_once("a", "Shot 4711 has no folder"));
    CHECK_FALSE(rounds.mailed_at_once("a", "Shot 0f0c1f7e-11aa-11ee-8c33-0242ac110004 has no folder"));
    CHECK(rounds.mailed_at_once("a", "Shot has no folder"));
    CHECK(rounds.mailed_at_once("b", "Shot 12 has no folder"));
}

TEST_CASE("many different errors at once are a few mails and a summary", "[report][mail_groups]") {
    Rounds rounds(3);
    unsigned mails = 0;
    for (int i = 0; i < 100; ++i) {
        const std::string word(static_cast<std::size_t>(i + 1), 'x');
        mails += rounds.mailed_at_once("a", word) ? 1U : 0U;
    }
    CHECK(mails == 3);
    const auto due = rounds.due_after(15min);
    REQUIRE(due.size() == 1);
    CHECK(due[0].text.subject == "97 further errors");
}

TEST_CASE("memory is bounded: kinds of errors beyond a number are only counted", "[report][mail_groups]") {
    Rounds rounds(1);
    for (int i = 0; i < 1000; ++i) {
        std::string word;
        for (int rest = i; rest > 0; rest /= 10)
            word += static_cast<char>('a' + rest % 10);
        rounds.mailed_at_once("a", word);
    }
    const auto due = rounds.due_after(15min);
    REQUIRE(due.size() == 1);
    CHECK(due[0].text.subject == "999 further errors");
    CHECK(due[0].text.body.size() < 100'000);
    CHECK_THAT(due[0].text.body, Contains("of other kinds are not listed here"));
}

TEST_CASE("each set of recipients has its own period, and nobody gets nothing", "[report][mail_groups]") {
    Rounds rounds(1);
    CHECK(rounds.mailed_at_once("a", "bad", kOne));
    rounds.now += 1min;
    CHECK(rounds.mailed_at_once("b", "bad", kTwo));
    CHECK_FALSE(rounds.mailed_at_once("c", "bad", {}));
    CHECK_FALSE(rounds.mailed_at_once("a", "bad", kOne));
    CHECK_FALSE(rounds.mailed_at_once("b", "bad", kTwo));
    const auto first = rounds.due_after(14min);
    REQUIRE(first.size() == 1);
    CHECK(first[0].to == kOne);
    const auto second = rounds.due_after(1min);
    REQUIRE(second.size() == 1);
    CHECK(second[0].to == kTwo);
}

TEST_CASE("at the end all that waits is told", "[report][mail_groups]") {
    Rounds rounds;
    rounds.mailed_at_once("a", "bad");
    rounds.mailed_at_once("a", "bad");
    rounds.mailed_at_once("a", "bad");
    const auto all = rounds.groups.take_all();
    REQUIRE(all.size() == 1);
    CHECK_THAT(all[0].text.subject, Contains("2 times more"));
}
