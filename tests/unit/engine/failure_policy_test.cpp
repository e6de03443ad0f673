#include "core/engine/failure_policy.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;
using namespace std::chrono_literals;
using Verdict = Decision::Verdict;

namespace {

const Timestamp kNow{std::chrono::hours(24 * 365 * 50)};

HostOutcome outcome(OutcomeCode code, std::string why = "because", std::chrono::microseconds delay = 0us) {
    HostOutcome made;
    made.code = code;
    made.why = std::move(why);
    made.delay = delay;
    return made;
}

AttemptRecord record(std::uint32_t attempts, Timestamp first_failed_at) {
    AttemptRecord made;
    made.attempts = attempts;
    made.first_failed_at = first_failed_at;
    made.build = "b1";
    return made;
}

}  // namespace

TEST_CASE("done and ignored finish an event", "[engine][failure_policy]") {
    CHECK(decide(outcome(OutcomeCode::done), {}, {}, "b1", kNow).verdict == Verdict::finish);
    CHECK(decide(outcome(OutcomeCode::ignored), {}, {}, "b1", kNow).verdict == Verdict::finish);
}

TEST_CASE("a failure follows the policy", "[engine][failure_policy]") {
    const HostOutcome failed = outcome(OutcomeCode::failed, "no such shot");
    FailurePolicy policy;
    CHECK(decide(failed, policy, {}, "b1", kNow).verdict == Verdict::disable);
    policy.on_error = OnError::skip;
    CHECK(decide(failed, policy, {}, "b1", kNow).verdict == Verdict::dead_letter);
    policy.on_error = OnError::retry;
    const Decision again = decide(failed, policy, {}, "b1", kNow);
    CHECK(again.verdict == Verdict::retry);
    CHECK(again.delay == 1s);
    CHECK(again.record.attempts == 1);
    CHECK(again.record.first_failed_at == kNow);
    CHECK(again.record.last_reason == "no such shot");
}

TEST_CASE("under hold a failed event is tried again in its place, without limit", "[engine][failure_policy]") {
    FailurePolicy policy;
    policy.on_error = OnError::hold;
    const HostOutcome failed = outcome(OutcomeCode::failed, "no such shot");
    const Decision first = decide(failed, policy, {}, "b1", kNow);
    CHECK(first.verdict == Verdict::hold);
    CHECK(first.delay == 1s);
    CHECK(first.record.attempts == 1);
    CHECK(first.record.last_reason == "no such shot");
    const Decision late = decide(failed, policy, record(1000, kNow - 48h), "b1", kNow);
    CHECK(late.verdict == Verdict::hold);
    CHECK(late.delay == 5min);
}

TEST_CASE("retries of failures end after the attempts or the time", "[engine][failure_policy]") {
    FailurePolicy policy;
    policy.on_error = OnError::retry;
    policy.retry_attempts = 3;
    const HostOutcome failed = outcome(OutcomeCode::failed, "no");
    CHECK(decide(failed, policy, record(1, kNow - 1min), "b1", kNow).verdict == Verdict::retry);
    const Decision last = decide(failed, policy, record(2, kNow - 1min), "b1", kNow);
    CHECK(last.verdict == Verdict::dead_letter);
    CHECK(last.reason == "failed 3 times, last: no");
    CHECK(decide(failed, policy, record(1, kNow - 24h), "b1", kNow).verdict == Verdict::dead_letter);
}

TEST_CASE("retry_after waits as asked, or with a rising backoff, and has no limit of attempts",
          "[engine][failure_policy]") {
    CHECK(decide(outcome(OutcomeCode::retry_after, "not there yet", 7s), {}, {}, "b1", kNow).delay == 7s);
    HostOutcome away = outcome(OutcomeCode::retry_after, "site away");
    away.backoff = true;
    CHECK(decide(away, {}, {}, "b1", kNow).delay == 1s);
    CHECK(decide(away, {}, record(3, kNow - 10s), "b1", kNow).delay == 8s);
    const Decision late = decide(away, {}, record(500, kNow - 23h), "b1", kNow);
    CHECK(late.verdict == Verdict::retry);
    CHECK(late.delay == 5min);
    CHECK(decide(away, {}, record(500, kNow - 24h), "b1", kNow).verdict == Verdict::dead_letter);
}

TEST_CASE("a hold is no attempt", "[engine][failure_policy]") {
    const Decision held = decide(outcome(OutcomeCode::hold, "share away", 30s), {}, record(2, kNow - 48h), "b1", kNow);
    CHECK(held.verdict == Verdict::hold);
    CHECK(held.delay == 30s);
    CHECK(held.record.attempts == 2);
}

TEST_CASE("the time for retries begins anew after a hold and after a plugin was disabled", "[engine][failure_policy]") {
    const Decision held = decide(outcome(OutcomeCode::hold, "share away", 1h), {}, record(1, kNow - 1min), "b1", kNow);
    const Decision disabled = decide(outcome(OutcomeCode::failed, "no"), {}, record(1, kNow - 1min), "b1", kNow);
    REQUIRE(disabled.verdict == Verdict::disable);
    for (const AttemptRecord& before : {held.record, disabled.record}) {
        const HostOutcome later = outcome(OutcomeCode::retry_after, "not there yet", 1min);
        const Decision first = decide(later, {}, before, "b1", kNow + 48h);
        CHECK(first.verdict == Verdict::retry);
        CHECK(first.record.first_failed_at == kNow + 48h);
        CHECK(decide(later, {}, first.record, "b1", kNow + 71h).verdict == Verdict::retry);
        CHECK(decide(later, {}, first.record, "b1", kNow + 72h).verdict == Verdict::dead_letter);
    }
}

TEST_CASE("finished callbacks are kept for the same build and forgotten for another", "[engine][failure_policy]") {
    FailurePolicy policy;
    policy.on_error = OnError::retry;
    HostOutcome failed = outcome(OutcomeCode::failed);
    failed.finished_callbacks = {2};
    AttemptRecord before = record(1, kNow - 1s);
    before.finished_callbacks = {0};
    CHECK(decide(failed, policy, before, "b1", kNow).record.finished_callbacks == std::vector<std::uint32_t>{0, 2});
    CHECK(decide(failed, policy, before, "b2", kNow).record.finished_callbacks == std::vector<std::uint32_t>{2});
}

TEST_CASE("the backoff doubles from one second to five minutes", "[engine][failure_policy]") {
    CHECK(backoff(0) == 1s);
    CHECK(backoff(1) == 1s);
    CHECK(backoff(2) == 2s);
    CHECK(backoff(9) == 256s);
    CHECK(backoff(10) == 5min);
    CHECK(backoff(4000000000U) == 5min);
}
