// What becomes of an event after its callbacks ran: the rules of SEMANTICS.md, "Failure", as one pure function.
#pragma once

#include "core/hosting/declarations.hpp"
#include "core/hosting/host_process.hpp"
#include "core/journal/consumer.hpp"

#include <chrono>
#include <string>

namespace foley::core {

struct FailurePolicy {
    OnError on_error = OnError::disable;
    unsigned retry_attempts = 10;           // of failures under `retry`
    std::chrono::seconds retry_for{86400};  // of failures under `retry` and of every retry_after
};

struct Decision {
    enum class Verdict { finish, retry, hold, dead_letter, disable };
    Verdict verdict = Verdict::finish;
    std::chrono::microseconds delay{};  // of retry and hold
    std::string reason;
    AttemptRecord record;  // what is to be kept with the event
};

// Of `retry` and `hold`: the delay before attempt number `attempts + 1` when nobody named one: 1 s, doubling, at most
// 5 min.
std::chrono::microseconds backoff(std::uint32_t attempts) noexcept;

// `before` is the record that the delivery carried; `build` the plugin build that ran.
Decision decide(const HostOutcome& outcome, const FailurePolicy& policy, const AttemptRecord& before,
                const std::string& build, Timestamp now);

}  // namespace foley::core
