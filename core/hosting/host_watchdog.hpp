// HostWatchdog: decides from what the host record says whether a call into a plugin takes too long.
//
// Owner: the host's session. Thread: the engine's. The time is a parameter.
#pragma once

#include "core/hosting/record_view.hpp"

#include <chrono>
#include <optional>

namespace foley::core {

class HostWatchdog {
public:
    HostWatchdog(std::chrono::milliseconds warn, std::chrono::milliseconds timeout) noexcept
        : warn_(warn), timeout_(timeout) {}

    enum class Verdict { fine, slow, overdue };  // slow: once for each call
    Verdict check(const std::optional<RecordView::Call>& call, std::chrono::steady_clock::time_point now);

    // How often to look so that neither limit is overrun by much.
    std::chrono::milliseconds interval() const noexcept;

private:
    std::chrono::milliseconds warn_, timeout_;
    std::uint64_t warned_ = 0;  // the call that was said to be slow
};

}  // namespace foley::core
