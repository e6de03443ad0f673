// Backoff: how long a client waits before it repeats a request, and the waiting. Internal to the clients.
#pragma once

#include <foley/site/error.hpp>

#include <chrono>
#include <functional>
#include <random>

namespace foley::site {

class Backoff {
public:
    using Wait = std::function<bool(std::chrono::milliseconds)>;
    // Without `wait` the thread sleeps.
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest, Wait wait)
        : first_(first), longest_(longest), wait_(std::move(wait)), random_(std::random_device()()) {}

    // Doubles with each attempt (from 0), between half and all of it, so that many clients do not come back in step; at
    // least what the site asked for with Retry-After. Never more than the longest.
    std::chrono::milliseconds delay(unsigned attempt, const SiteError& error);
    // False: stop waiting.
    bool wait(std::chrono::milliseconds delay) const;

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    Wait wait_;
    std::minstd_rand random_;
};

}  // namespace foley::site
