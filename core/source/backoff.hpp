// Backoff: how long to wait before trying again: doubling up to a limit, with jitter, so that many clients of a server
// that was away do not come back in step.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace foley::core {

class Backoff {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
        : first_(first), longest_(longest), next_(first), random_(std::random_device()()) {}

    // Between half and all of the present delay; then doubles it.
    std::chrono::milliseconds next() {
        const auto full = std::min(next_, longest_);
        next_ = std::min(next_ * 2, longest_);
        std::uniform_int_distribution<std::chrono::milliseconds::rep> jitter(full.count() / 2, full.count());
        return std::chrono::milliseconds(jitter(random_));
    }
    // As next, but for a try that took that long itself: less by its time, and no less than half the first delay.
    std::chrono::milliseconds next_after(std::chrono::milliseconds took) { return std::max(next() - took, first_ / 2); }
    void reset() noexcept { next_ = first_; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds next_;
    std::minstd_rand random_;
};

}  // namespace foley::core
