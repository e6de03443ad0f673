// What the host makes of what callbacks return, and how it stops and waits.
#include "tests/unit/hosting/host_fixture.hpp"

using namespace foley::core;

namespace {

using Numbers = std::vector<std::uint32_t>;

class OutcomeFixture : public HostFixture {
public:
    // Delivers the command and two more behind it, all in one turn of the loop.
    DeliveryNumber deliver_before_two(const std::string& command) {
        const DeliveryNumber first = deliver(command);
        deliver("done");
        deliver("done");
        return first;
    }
    void await_returned(std::size_t count) {
        await([&] { return returned_.size() >= count || exit_; }, "what is handed back");
    }
};

}  // namespace

TEST_CASE_METHOD(OutcomeFixture, "an outcome that is not plain hands back what has not begun, until settled",
                 "[hosting][outcome]") {
    const auto [command, code] = GENERATE(table<std::string, OutcomeCode>({{"fail", OutcomeCode::failed},
                                                                           {"retry:5000", OutcomeCode::retry_after},
                                                                           {"hold:7000", OutcomeCode::hold},
                                                                           {"throw", OutcomeCode::failed},
                                                                           {"throw_int", OutcomeCode::failed}}));
    start();
    const auto first = deliver_before_two(command);
    REQUIRE(await_outcome(first).code == code);
    await_returned(2);
    REQUIRE(returned_ == std::vector<DeliveryNumber>{first + 1, first + 2});
    const auto late = deliver("done");
    await_returned(3);
    REQUIRE(returned_.back() == late);
    host_->settle();
    const auto next = deliver("done");
    REQUIRE(await_outcome(next).code == OutcomeCode::done);
    REQUIRE(outcomes_.size() == 2);
}

TEST_CASE_METHOD(OutcomeFixture, "what is finished is told while a callback after it takes long, and only once",
                 "[hosting][outcome]") {
    start();
    const auto quick = deliver("done");
    deliver("ignored");
    const auto slow = deliver("wait:go");
    await([&] { return outcomes_.size() == 2 || exit_; }, "the outcomes before the slow callback");
    REQUIRE(host_->in_callback() == Sequence{102});
    let_go();
    REQUIRE(outcomes_.at(quick).code == OutcomeCode::done);
    REQUIRE(await_outcome(slow).code == OutcomeCode::done);
    const auto last = deliver("done");
    REQUIRE(await_outcome(last).code == OutcomeCode::done);
    REQUIRE(order_ == std::vector<DeliveryNumber>{quick, quick + 1, slow, last});
}

TEST_CASE_METHOD(OutcomeFixture, "outcomes carry reason and delay", "[hosting][outcome]") {
    start();
    const auto retry = await_outcome(deliver("retry:5000"));
    REQUIRE(retry.why == "not yet");
    REQUIRE(retry.delay == 5ms);
    REQUIRE(retry.finished_callbacks.empty());
    host_->settle();
    REQUIRE(await_outcome(deliver("throw")).why == "std::runtime_error: thrown on purpose");
    host_->settle();
    REQUIRE(await_outcome(deliver("throw_int")).why == "an exception of type int");
    host_->settle();
    REQUIRE(await_outcome(deliver("again:1")).why == "returned again_after, which is for timers only");
    host_->settle();
    REQUIRE(await_outcome(deliver("unknown_outcome")).why == "returned the unknown outcome 99");
}

TEST_CASE_METHOD(OutcomeFixture, "a failure that stops ends the event, which callbacks finished is told",
                 "[hosting][outcome]") {
    start();
    const auto first = await_outcome(deliver("fail", "done", {0, 1}));
    REQUIRE(first.callback == 0);
    REQUIRE(first.finished_callbacks.empty());
    host_->settle();
    const auto second = await_outcome(deliver("done", "fail", {0, 1}));
    REQUIRE(second.callback == 1);
    REQUIRE(second.finished_callbacks == Numbers{0});
}

TEST_CASE_METHOD(OutcomeFixture, "a failure that is skipped lets the event's other callbacks run",
                 "[hosting][outcome]") {
    policies_ = {OnError::skip, OnError::disable, OnError::disable};
    start();
    const auto outcome = await_outcome(deliver("fail", "done", {0, 1}));
    REQUIRE(outcome.code == OutcomeCode::failed);
    REQUIRE(outcome.callback == 0);
    REQUIRE(outcome.why == "as I was told");
    REQUIRE(outcome.finished_callbacks == Numbers{1});
    host_->settle();
    const auto held = await_outcome(deliver("fail", "hold:1", {0, 1}));
    REQUIRE(held.code == OutcomeCode::hold);
    REQUIRE(held.callback == 1);
}

TEST_CASE_METHOD(OutcomeFixture, "ignored by some and done by others is done", "[hosting][outcome]") {
    start();
    REQUIRE(await_outcome(deliver("done", "ignored", {0, 1})).code == OutcomeCode::done);
    REQUIRE(await_outcome(deliver("ignored", "done", {0, 1})).code == OutcomeCode::done);
    REQUIRE(await_outcome(deliver("ignored", "ignored", {0, 1})).code == OutcomeCode::ignored);
}

TEST_CASE_METHOD(OutcomeFixture, "an event whose deadline has passed is ignored as expired, never run",
                 "[hosting][outcome]") {
    start();
    const auto late = SystemClock().now() - 1s;
    const auto outcome = await_outcome(deliver("segfault", "", {0}, late));
    REQUIRE(outcome.code == OutcomeCode::ignored);
    REQUIRE(outcome.why == "expired");
    REQUIRE(outcome.finished_callbacks.empty());
}

TEST_CASE_METHOD(OutcomeFixture, "a reply goes to who waits, and to nobody else", "[hosting][outcome]") {
    start();
    await_outcome(deliver("reply", "", {0}, SystemClock().now() + 60s));
    REQUIRE(replies_.size() == 1);
    REQUIRE(replies_[0].first == Sequence{100});
    REQUIRE(replies_[0].second == "{\"success\": true}");
    await_outcome(deliver("reply"));
    await_log("reply: 3");
    REQUIRE(replies_.size() == 1);
}

TEST_CASE_METHOD(OutcomeFixture, "a reply that is no JSON is refused", "[hosting][outcome]") {
    start();
    await_outcome(deliver("reply:On it.", "", {0}, SystemClock().now() + 60s));
    await_log("reply: 1");
    REQUIRE(logged("a reply must be JSON; this one was not sent"));
    REQUIRE(replies_.empty());
}

TEST_CASE_METHOD(OutcomeFixture, "a timer runs ahead of queued events", "[hosting][outcome]") {
    start();
    const auto running = deliver("sleep:100");
    await([this] { return host_->unsent() == 0; }, "the event to be sent");
    const auto first = deliver("done");
    const auto second = deliver("done");
    await([this] { return host_->unsent() == 0; }, "the events to be sent");
    const auto timer = host_->tick(2);
    await_outcome(second);
    await_outcome(timer);
    await_outcome(first);
    REQUIRE(await_outcome(timer).sequence == Sequence{0});
    REQUIRE(await_outcome(running).code == OutcomeCode::done);
}

TEST_CASE_METHOD(OutcomeFixture, "a slice of a timer's work says when to go on", "[hosting][outcome]") {
    start(R"({"timer": "again:250000"})");
    const auto outcome = await_outcome(host_->tick(2));
    REQUIRE(outcome.code == OutcomeCode::again_after);
    REQUIRE(outcome.delay == 250ms);
}

TEST_CASE_METHOD(OutcomeFixture, "a start that wants to wait or fails ends the host with the reason",
                 "[hosting][outcome]") {
    const auto [command, code, why] = GENERATE(table<std::string, OutcomeCode, std::string>(
        {{"hold:5000", OutcomeCode::hold, "on_start waits: the share is away"},
         {"retry:5000", OutcomeCode::retry_after, "on_start wants to be called again later: not yet"},
         {"fail", OutcomeCode::failed, "on_start failed: as I was told"},
         {"throw", OutcomeCode::failed, "on_start failed: std::runtime_error: thrown on purpose"}}));
    start("{\"start\": \"" + command + "\"}");
    REQUIRE(started_->code == code);
    REQUIRE(await_exit().reason == HostExit::Reason::refused);
    REQUIRE(exit_->why == why);
    REQUIRE(exit_->phase == "on_start");
}

TEST_CASE_METHOD(OutcomeFixture, "what a plugin prints arrives line by line, the last one too", "[hosting][outcome]") {
    start();
    await_outcome(deliver("print:hello"));
    await_outcome(deliver("print_error:no end of line"));
    host_->stop(20s);
    await_exit();
    REQUIRE(printed("hello"));
    REQUIRE(printed("no end of line"));
}

TEST_CASE_METHOD(OutcomeFixture, "progress restarts the watchdog's clock", "[hosting][outcome]") {
    HostSpec impatient = spec("obedient");
    impatient.limits.callback_warn = kSlower * 800ms;
    impatient.limits.callback_timeout = kSlower * 1000ms;
    start(impatient);
    REQUIRE(await_outcome(deliver("progress:" + std::to_string(kSlower * 2000))).code == OutcomeCode::done);
    REQUIRE(logged("progress: still at it"));
    REQUIRE(slow_.empty());
}
