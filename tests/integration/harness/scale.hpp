// How much a test does, and by which chance: FOLEY_TEST_SCALE (1) scales counts, FOLEY_TEST_SEED repeats a run.
//
// Thread: any. Throws std::runtime_error when a variable is no number.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>

namespace foley::testing {

// FOLEY_TEST_SCALE; 1 when it is not set.
double test_scale();

// `count` times the scale, and never less than `least`.
std::size_t scaled(std::size_t count, std::size_t least = 1);

// Limits for what should be over at once: wide, since tests run beside each other, wider under sanitizers.
std::chrono::milliseconds patience(std::chrono::milliseconds usual = std::chrono::seconds(30));

// The source of all chance in a test. Says its seed on the standard output; FOLEY_TEST_SEED=N repeats it.
class Chance {
public:
    Chance();
    // From `from` to `to`, both included.
    std::uint64_t between(std::uint64_t from, std::uint64_t to);
    std::chrono::microseconds between(std::chrono::microseconds from, std::chrono::microseconds to);
    std::uint64_t seed() const noexcept { return seed_; }

private:
    std::uint64_t seed_;
    std::mt19937_64 engine_;
};

}  // namespace foley::testing
