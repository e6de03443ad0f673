#include "core/engine/failure_policy.hpp"

#include <algorithm>

namespace foley::core {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

AttemptRecord record_after(const HostOutcome& outcome, const AttemptRecord& before, const std::string& build,
                           Timestamp now) {
    AttemptRecord record = before;
    if (record.build != build) record.finished_callbacks.clear();
    record.build = build;
    for (std::uint32_t callback : outcome.finished_callbacks) {
        if (std::find(record.finished_callbacks.begin(), record.finished_callbacks.end(), callback) ==
            record.finished_callbacks.end()) {
            record.finished_callbacks.push_back(callback);
        }
    }
    std::sort(record.finished_callbacks.begin(), record.finished_callbacks.end());
    if (record.attempts == 0 || record.first_failed_at == Timestamp{}) record.first_failed_at = now;
    ++record.attempts;
    record.last_reason = outcome.why;
    return record;
}

bool too_long(const AttemptRecord& record, seconds limit, Timestamp now) {
    return now - record.first_failed_at >= limit;
}

}  // namespace

microseconds backoff(std::uint32_t attempts) noexcept {
    constexpr microseconds kFirst = seconds(1);
    constexpr microseconds kMost = std::chrono::minutes(5);
    const std::uint32_t doublings = attempts == 0 ? 0 : attempts - 1;
    if (doublings > 9) return kMost;
    return std::min(kMost, kFirst * (1U << doublings));
}

Decision decide(const HostOutcome& outcome, const FailurePolicy& policy, const AttemptRecord& before,
                const std::string& build, Timestamp now) {
    using Verdict = Decision::Verdict;
    switch (outcome.code) {
        case OutcomeCode::done:
        case OutcomeCode::ignored:
        case OutcomeCode::again_after:  // of a timer; means nothing for an event
            return {};
        case OutcomeCode::hold: {
            // The world is away: that is no attempt of this event.
            AttemptRecord record = record_after(outcome, before, build, now);
            record.attempts = before.attempts;
            record.first_failed_at = {};  // and what comes after it is a new row of attempts
            return {Verdict::hold, std::max<microseconds>(outcome.delay, std::chrono::milliseconds(10)), outcome.why,
                    std::move(record)};
        }
        case OutcomeCode::retry_after: {
            AttemptRecord record = record_after(outcome, before, build, now);
            if (too_long(record, policy.retry_for, now)) {
                return {Verdict::dead_letter, {}, "retried for too long, last: " + outcome.why, std::move(record)};
            }
            const microseconds delay =
                outcome.backoff ? backoff(record.attempts) : std::max(outcome.delay, microseconds(0));
            return {Verdict::retry, delay, outcome.why, std::move(record)};
        }
        case OutcomeCode::failed:
            break;
    }
    AttemptRecord record = record_after(outcome, before, build, now);
    switch (policy.on_error) {
        case OnError::disable:
            record.first_failed_at = {};  // it may be days until someone enables it
            return {Verdict::disable, {}, outcome.why, std::move(record)};
        case OnError::skip:
            return {Verdict::dead_letter, {}, outcome.why, std::move(record)};
        case OnError::hold: {
            const microseconds delay = backoff(record.attempts);
            return {Verdict::hold, delay, outcome.why, std::move(record)};
        }
        case OnError::retry:
            break;
    }
    if (record.attempts >= policy.retry_attempts) {
        return {Verdict::dead_letter,
                {},
                "failed " + std::to_string(record.attempts) + " times, last: " + outcome.why,
                std::move(record)};
    }
    if (too_long(record, policy.retry_for, now)) {
        return {Verdict::dead_letter, {}, "failing for too long, last: " + outcome.why, std::move(record)};
    }
    return {Verdict::retry, backoff(record.attempts), outcome.why, std::move(record)};
}

}  // namespace foley::core
