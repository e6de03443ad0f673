#include "copy_fields/breaker.hpp"

#include <catch2/catch.hpp>

using copy_fields::Breaker;
using namespace std::chrono_literals;

TEST_CASE("a field that is written too often is noticed, others are not in its way", "[copy_fields][breaker]") {
    Breaker breaker(3, 60s);
    const Breaker::Time start{};
    for (int i = 0; i < 3; ++i)
        CHECK(breaker.allows("a", start + i * 1s));
    CHECK_FALSE(breaker.allows("a", start + 4s));
    CHECK(breaker.allows("b", start + 4s));
    CHECK(breaker.allows("a", start + 61s));
}
