// Waits until a condition holds, and says whether it came to hold in time.
#pragma once

#include <chrono>
#include <thread>

namespace foley::core {

template <typename Condition>
bool await(const Condition& condition, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace foley::core
