// What a host reports while it runs: outcomes of deliveries, times, and log lines.
#pragma once

#include "core/event/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foley::core {

// Counts what is handed to hosts under one progress page, from 1. Events and timer ticks alike.
using DeliveryNumber = std::uint64_t;

// What a callback, or all callbacks of an event together, came to.
enum class OutcomeCode : std::uint8_t { done, ignored, retry_after, hold, failed, again_after };

struct HostOutcome {
    DeliveryNumber delivery = 0;
    Sequence sequence;  // 0 for a timer
    OutcomeCode code = OutcomeCode::done;
    std::uint32_t callback = 0;  // the one that decided (index of declaration)
    bool backoff = false;        // retry_after: the daemon chooses the delay
    std::chrono::microseconds delay{};
    std::string why;
    std::vector<std::uint32_t> finished_callbacks;
    std::vector<std::pair<std::string, std::optional<std::string>>> writes;  // key-value store; nothing: erase
    // Nothing need come again before what is queued behind it.
    bool finished() const noexcept {
        return code == OutcomeCode::done || code == OutcomeCode::ignored || code == OutcomeCode::again_after;
    }
    bool needs_settle() const noexcept { return !finished() || !writes.empty(); }
};

// How long one callback took with one event; only when the daemon wants to know.
struct CallTiming {
    DeliveryNumber delivery = 0;
    std::uint32_t callback = 0;
    Timestamp start{};
    std::chrono::microseconds duration{};
    OutcomeCode code = OutcomeCode::done;  // of this callback, before the plugin's error policy
};

struct HostLog {
    int level = 1;  // FOLEY_LOG_…
    std::string text;
    Timestamp at{};
    Sequence sequence;  // the event in the callback, 0 outside of one
};

}  // namespace foley::core
