// Breaker: notices rules that run in a circle, each write causing the next: one field of one entity that is written
// again and again within a short time.
//
// Thread: one at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <string>

namespace copy_fields {

class Breaker {
public:
    using Time = std::chrono::steady_clock::time_point;
    Breaker(std::size_t most, std::chrono::seconds within) : most_(most), within_(within) {}

    // Counts a write of what `field` names. False when it is one too many.
    bool allows(const std::string& field, Time now);

private:
    std::size_t most_;
    std::chrono::seconds within_;
    std::map<std::string, std::deque<Time>, std::less<>> writes_;
};

}  // namespace copy_fields
