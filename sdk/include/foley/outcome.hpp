// Outcome: what a callback made of an event. What the daemon does with each is in docs/writing-a-plugin.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace foley {

using Duration = std::chrono::microseconds;

class [[nodiscard]] Outcome {
public:
    // The numbers are those of FOLEY_DONE … in abi.h.
    enum class Kind : std::int8_t { done = 0, ignored = 1, retry_after = 2, hold = 3, failed = 4, again_after = 5 };

    Outcome(Kind kind, std::string why, Duration delay = {}, bool backoff = false)
        : kind_(kind), backoff_(backoff), delay_(delay), why_(std::move(why)) {}

    Kind kind() const noexcept { return kind_; }
    const std::string& why() const noexcept { return why_; }
    Duration delay() const noexcept { return delay_; }
    // With Kind::retry_after: the daemon chooses the delay, rising with the attempts from 1 s to 5 min.
    bool backoff() const noexcept { return backoff_; }

private:
    Kind kind_;
    bool backoff_;
    Duration delay_;
    std::string why_;
};

// The event is handled.
inline Outcome done() {
    return {Outcome::Kind::done, {}};
}

// There was nothing to do. As final as done; `why` shows in `foleyctl explain`.
inline Outcome ignored(std::string why) {
    return {Outcome::Kind::ignored, std::move(why)};
}

// Not now: the same event again after `delay`. Later events of the same entities wait behind it, others pass.
inline Outcome retry_after(Duration delay, std::string why) {
    return {Outcome::Kind::retry_after, std::move(why), delay};
}

// The same, the delay chosen by the daemon: 1 s first, up to 5 min.
inline Outcome retry(std::string why) {
    return {Outcome::Kind::retry_after, std::move(why), {}, true};
}

// The world is away (a share is not mounted): take nothing else, this event again after `delay`. No limit of attempts.
inline Outcome hold(Duration delay, std::string why) {
    return {Outcome::Kind::hold, std::move(why), delay};
}

// Given up. What follows is the plugin's error policy (on_error).
inline Outcome failed(std::string why) {
    return {Outcome::Kind::failed, std::move(why)};
}

// Timers only: there is more to do; call again after `delay`, events may pass between.
inline Outcome again_after(Duration delay = {}) {
    return {Outcome::Kind::again_after, {}, delay};
}

}  // namespace foley
