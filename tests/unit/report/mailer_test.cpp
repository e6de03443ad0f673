#include "core/report/mailer.hpp"

#include <catch2/catch.hpp>

#include <atomic>

using namespace foley::core;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

// A server in the test's hand: takes, refuses, or lets whoever sends wait until it is told or interrupted.
class FakeServer {
public:
    enum class Mood { takes, away, hangs };

    void set(Mood mood) {
        const std::lock_guard lock(mutex_);
        mood_ = mood;
        changed_.notify_all();
    }
    void send(const Mail& mail) {
        std::unique_lock lock(mutex_);
        ++tries_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return mood_ != Mood::hangs || interrupted_; });
        if (interrupted_ || mood_ == Mood::away) throw MailError(MailError::Kind::away, "away");
        mails_.push_back(mail);
        changed_.notify_all();
    }
    void interrupt() {
        const std::lock_guard lock(mutex_);
        interrupted_ = true;
        changed_.notify_all();
    }
    bool await_tries(unsigned count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 30s, [&] { return tries_ >= count; });
    }
    bool await_mails(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 30s, [&] { return mails_.size() >= count; });
    }
    std::vector<Mail> mails() {
        const std::lock_guard lock(mutex_);
        return mails_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Mood mood_ = Mood::takes;
    std::vector<Mail> mails_;
    unsigned tries_ = 0;
    bool interrupted_ = false;
};

class FakeSender final : public MailSender {
public:
    explicit FakeSender(std::shared_ptr<FakeServer> server) : server_(std::move(server)) {}
    void send(const foley::site::SmtpServer& /*server*/, const Mail& mail) override { server_->send(mail); }
    void interrupt() noexcept override { server_->interrupt(); }

private:
    std::shared_ptr<FakeServer> server_;
};

class MailerFixture {
public:
    void make(MailPauses pauses = {}) {
        mailer.emplace(
            clock, std::make_unique<FakeSender>(server),
            [this](int /*level*/, const std::string& text) {
                const std::lock_guard lock(mutex);
                said.push_back(text);
            },
            pauses);
        MailOptions options;
        options.from = "foley@x.test";
        options.to = options.to_by_default = {"td@x.test"};
        options.about = {NoticeKind::dead_letter};
        options.limits.period = period;
        mailer->configure(options);
    }
    void report(const std::string& what = "bad") {
        Notice notice;
        notice.kind = NoticeKind::dead_letter;
        notice.name = "a";
        notice.what = what;
        mailer->report(notice);
    }
    std::vector<std::string> told() {
        const std::lock_guard lock(mutex);
        return said;
    }

    std::chrono::milliseconds period = 1h;
    SystemClock clock;
    std::shared_ptr<FakeServer> server = std::make_shared<FakeServer>();
    std::mutex mutex;
    std::vector<std::string> said;
    std::optional<Mailer> mailer;
};

}  // namespace

TEST_CASE_METHOD(MailerFixture, "the first of many equal errors is mailed at once, the rest at the end of the period",
                 "[report][mailer]") {
    period = 1s;
    make();
    for (int i = 0; i < 1000; ++i)
        report();
    REQUIRE(server->await_mails(2));
    CHECK_THAT(server->mails()[1].subject, Contains("999 times more"));
}

TEST_CASE_METHOD(MailerFixture, "whoever reports does not wait for a server that hangs", "[report][mailer]") {
    server->set(FakeServer::Mood::hangs);
    make();
    report();
    REQUIRE(server->await_tries(1));
    // The sender hangs in the fake until it is told, so these return before it does, or never.
    for (int i = 0; i < 10000; ++i)
        report();
    CHECK(server->mails().empty());
    server->set(FakeServer::Mood::takes);
    mailer.reset();
    REQUIRE(server->mails().size() == 2);
    CHECK_THAT(server->mails()[1].subject, Contains("10000 times more"));
}

TEST_CASE_METHOD(MailerFixture, "the end waits little for a server that hangs, and not at all for one that is away",
                 "[report][mailer]") {
    SECTION("hangs") {
        server->set(FakeServer::Mood::hangs);
        make();
        report();
        REQUIRE(server->await_tries(1));
        mailer.reset();
        REQUIRE(told().size() == 1);
        CHECK_THAT(told()[0], Contains("1 mails were not sent before the end"));
    }
    SECTION("is away") {
        server->set(FakeServer::Mood::away);
        make();
        report();
        REQUIRE(server->await_tries(1));
        mailer.reset();
        CHECK_THAT(told().back(), Contains("not sent before the end"));
    }
    CHECK(server->mails().empty());
}

TEST_CASE_METHOD(MailerFixture, "a server that was away gets its mails when it is back", "[report][mailer]") {
    server->set(FakeServer::Mood::away);
    make({10ms, 20ms});
    report();
    REQUIRE(server->await_tries(3));
    server->set(FakeServer::Mood::takes);
    REQUIRE(server->await_mails(1));
    mailer.reset();
    REQUIRE(told().size() == 2);
    CHECK_THAT(told()[0], Contains("mails cannot be sent"));
    CHECK(told()[1] == "mails go out again");
}

TEST_CASE_METHOD(MailerFixture, "new settings are taken, and none stop it", "[report][mailer]") {
    make();
    CHECK(mailer->wants(NoticeKind::dead_letter));
    CHECK_FALSE(mailer->wants(NoticeKind::log));
    mailer->configure(std::nullopt);
    CHECK_FALSE(mailer->wants(NoticeKind::dead_letter));
    report();
    mailer.reset();
    CHECK(server->mails().empty());
}
