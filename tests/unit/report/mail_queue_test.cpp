#include "core/report/mail_queue.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Kind = MailError::Kind;

MailOptions options() {
    MailOptions options;
    options.server.host = "mail.x.test";
    options.from = "foley@x.test";
    options.about = {NoticeKind::disabled, NoticeKind::source};
    options.to = {"all@x.test"};
    options.to_by_default = {"td@x.test"};
    options.to_for["hammertrack"] = {"hammer@x.test"};
    options.to_for["quiet"] = {};
    options.limits.at_once = 1000;
    return options;
}

class Queue {
public:
    Queue() { queue.configure(options(), now); }

    void add(const std::string& plugin, NoticeKind kind = NoticeKind::disabled) {
        Notice notice;
        notice.kind = kind;
        notice.name = plugin;
        notice.what = "bad";
        queue.add(notice, now);
    }
    std::optional<Mail> next() { return queue.next(Timestamp{}, now); }

    MailQueue queue{{30s, 10min}};
    SteadyTime now = SteadyTime(1000h);
};

}  // namespace

TEST_CASE("a notice becomes a mail to those whom it concerns", "[report][mail_queue]") {
    Queue q;
    const auto [plugin, kind, to] =
        GENERATE(table<std::string, NoticeKind, Addresses>({{"hammertrack", NoticeKind::disabled, {"hammer@x.test"}},
                                                            {"other", NoticeKind::disabled, {"td@x.test"}},
                                                            {"hammertrack", NoticeKind::source, {"all@x.test"}}}));
    q.add(plugin, kind);
    const auto mail = q.next();
    REQUIRE(mail);
    CHECK(mail->to == to);
    CHECK(mail->from == "foley@x.test");
    CHECK_THAT(mail->subject, StartsWith("[Foley] "));
    CHECK(q.queue.sent().text.empty());
    CHECK_FALSE(q.next());
}

TEST_CASE("what nobody wants is no mail", "[report][mail_queue]") {
    Queue q;
    q.add("quiet");
    q.add("other", NoticeKind::crash);
    CHECK_FALSE(q.next());
    CHECK_FALSE(q.queue.next_due());
    q.queue.configure(std::nullopt, q.now);
    q.add("other");
    CHECK_FALSE(q.next());
}

TEST_CASE("a server that is away is said once, tried at growing pauses, and its return is said",
          "[report][mail_queue]") {
    Queue q;
    q.add("a");
    REQUIRE(q.next());
    const auto said = q.queue.failed({Kind::away, "mail.x.test:25 cannot be used: refused"}, q.now);
    CHECK(said.is_error);
    CHECK_THAT(said.text, Contains("mail.x.test:25 cannot be used"));
    CHECK_FALSE(q.next());
    for (const auto pause : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
        q.now += pause - 1ms;
        CHECK_FALSE(q.next());
        q.now += 1ms;
        REQUIRE(q.next());
        CHECK(q.queue.failed({Kind::away, "still"}, q.now).text.empty());
    }
    q.now += 10min;
    REQUIRE(q.next());
    CHECK(q.queue.sent().text == "mails go out again");
    CHECK_FALSE(q.queue.server_is_away());
}

TEST_CASE("a full queue drops the oldest, and the next mail tells how many", "[report][mail_queue]") {
    Queue q;
    for (int i = 0; i < 40; ++i)
        q.add("p" + std::string(static_cast<std::size_t>(i), 'x'));
    CHECK(q.queue.waiting() == MailQueue::kMostMails);
    CHECK(q.queue.lost() == 8);
    const auto mail = q.next();
    REQUIRE(mail);
    CHECK(mail->subject == "[Foley] pxxxxxxxx is disabled");
    CHECK_THAT(mail->body, Contains("8 mails before this one could not be delivered"));
    CHECK(q.queue.sent().text.empty());
    CHECK(q.queue.lost() == 0);
    CHECK_THAT(q.next()->body, !Contains("could not be delivered"));
}

TEST_CASE("the mail that is on its way is not dropped under the sender", "[report][mail_queue]") {
    Queue q;
    q.add("first");
    REQUIRE(q.next());
    for (int i = 0; i < 40; ++i)
        q.add("p" + std::string(static_cast<std::size_t>(i), 'x'));
    q.queue.sent();
    CHECK(q.queue.waiting() == MailQueue::kMostMails - 1);
    CHECK(q.next()->subject == "[Foley] pxxxxxxxxx is disabled");
    // Settings that go take it along; what comes after them stays.
    q.queue.configure(std::nullopt, q.now);
    q.queue.configure(options(), q.now);
    q.add("later");
    q.queue.sent();
    CHECK(q.queue.waiting() == 1);
}

TEST_CASE("a mail that is refused for good is dropped, and keeps no other back", "[report][mail_queue]") {
    Queue q;
    q.add("a");
    q.add("hammertrack");
    REQUIRE(q.next());
    const MailError refusal(Kind::refused, "mail.x.test:25 refuses a mail: no such user (550)");
    CHECK_THAT(q.queue.failed(refusal, q.now).text, Contains("no such user"));
    const auto second = q.next();
    REQUIRE(second);
    CHECK(second->to == Addresses{"hammer@x.test"});
    CHECK(q.queue.failed(refusal, q.now).text.empty());  // the same again is not said
    CHECK(q.queue.lost() == 2);
}

TEST_CASE("new settings let a server that was away be tried at once", "[report][mail_queue]") {
    Queue q;
    q.add("a");
    REQUIRE(q.next());
    q.queue.failed({Kind::away, "away"}, q.now);
    CHECK_FALSE(q.next());
    MailOptions other = options();
    other.subject_prefix = "[farm]";
    q.queue.configure(other, q.now);
    const auto mail = q.next();
    REQUIRE(mail);
    CHECK_THAT(mail->subject, StartsWith("[farm] "));
}
