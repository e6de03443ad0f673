// Waits until a condition holds, and says whether it came to hold in time.
#pragma once

#include <chrono>
#include <thread>

namespace foley::core {

// Instrumented code is slower by far: an event of 16 MiB takes ThreadSanitizer seconds.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr int kSlower = 4;
#else
inline constexpr int kSlower = 1;
#endif

template <typename Condition>
bool await(const Condition& condition, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + kSlower * patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace foley::core
