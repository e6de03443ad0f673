// RestartBudget: how often a crashing plugin may be started again: so many times in a window, with a rising pause.
#pragma once

#include "core/event/types.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

namespace foley::core {

class RestartBudget {
public:
    RestartBudget(unsigned restarts, std::chrono::seconds window) : restarts_(restarts), window_(window) {}

    // A crash at `now`: how long to wait before starting again; nothing when the budget is spent.
    std::optional<std::chrono::milliseconds> crashed(SteadyTime now) {
        while (!crashes_.empty() && now - crashes_.front() >= window_)
            crashes_.pop_front();
        if (crashes_.size() >= restarts_) return std::nullopt;
        crashes_.push_back(now);
        constexpr std::chrono::milliseconds kFirst{100};
        constexpr std::chrono::milliseconds kMost{30000};
        return std::min<std::chrono::milliseconds>(kMost,
                                                   kFirst * (1LL << std::min<std::size_t>(crashes_.size() - 1, 10)));
    }
    void forget() { crashes_.clear(); }

private:
    unsigned restarts_;
    std::chrono::seconds window_;
    std::deque<SteadyTime> crashes_;
};

}  // namespace foley::core
