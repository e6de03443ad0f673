// HostWatchdog: decides from what the host record says whether a call into a plugin takes too long, and whether a host
// that owes an answer has fallen silent between calls (stopped, or stuck outside of a callback).
//
// Owner: the host's session. Thread: the engine's. The time is a parameter.
#pragma once

#include "core/hosting/record_view.hpp"

#include <chrono>
#include <optional>

namespace foley::core {

class HostWatchdog {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    HostWatchdog(std::chrono::milliseconds warn, std::chrono::milliseconds timeout,
                 std::chrono::milliseconds silence) noexcept
        : warn_(warn), timeout_(timeout), silence_(silence) {}

    // What the daemon knows of a host apart from the present call.
    struct Signs {
        bool owes = false;         // an answer to something that it was given
        std::uint64_t frames = 0;  // heard from it so far
        SteadyTime last_call;      // when it began its last call, or reported progress in it

        bool operator==(const Signs&) const = default;
    };

    enum class Verdict { fine, slow, overdue, silent };  // slow: once for each call
    Verdict check(const std::optional<RecordView::Call>& call, const Signs& signs, SteadyTime now);

    // How often to look so that no limit is overrun by much.
    std::chrono::milliseconds interval() const noexcept;

private:
    std::chrono::milliseconds warn_, timeout_, silence_;
    std::uint64_t warned_ = 0;  // the call that was said to be slow
    Signs signs_;               // as seen at the last check …
    SteadyTime signs_since_;    // … and since when they are the same
};

}  // namespace foley::core
