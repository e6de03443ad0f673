#include "integration/harness/scale.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

namespace foley::testing {
namespace {

std::string variable(const char* name) {
    const char* text = std::getenv(name);
    return text != nullptr ? text : "";
}

std::uint64_t chosen_seed() {
    const std::string text = variable("FOLEY_TEST_SEED");
    if (text.empty()) return std::random_device{}();
    try {
        return std::stoull(text);
    } catch (const std::exception&) {
        throw std::runtime_error("FOLEY_TEST_SEED is no number: " + text);
    }
}

constexpr bool kInstrumented =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

}  // namespace

double test_scale() {
    const std::string text = variable("FOLEY_TEST_SCALE");
    if (text.empty()) return 1;
    try {
        const double scale = std::stod(text);
        if (scale > 0) return scale;
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): said below
    }
    throw std::runtime_error("FOLEY_TEST_SCALE is not a number above 0: " + text);
}

std::size_t scaled(std::size_t count, std::size_t least) {
    return std::max(least, static_cast<std::size_t>(static_cast<double>(count) * test_scale()));
}

std::chrono::milliseconds patience(std::chrono::milliseconds usual) {
    return kInstrumented ? usual * 4 : usual;
}

Chance::Chance() : seed_(chosen_seed()), engine_(seed_) {
    std::cout << "seed: FOLEY_TEST_SEED=" << seed_ << std::endl;
}

std::uint64_t Chance::between(std::uint64_t from, std::uint64_t to) {
    return std::uniform_int_distribution<std::uint64_t>(from, to)(engine_);
}

std::chrono::microseconds Chance::between(std::chrono::microseconds from, std::chrono::microseconds to) {
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::chrono::microseconds::rep>(from.count(), to.count())(engine_));
}

}  // namespace foley::testing
