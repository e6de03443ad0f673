#include "status_flow/write_limit.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using status_flow::WriteLimit;

namespace {

bool take(WriteLimit& limit, const char* type, int id, WriteLimit::Clock::time_point now) {
    if (!limit.allows(type, id, now)) return false;
    limit.count(type, id, now);
    return true;
}

}  // namespace

TEST_CASE("so many writes within a minute are allowed, each entity for itself", "[status_flow][write_limit]") {
    WriteLimit limit(2);
    const auto now = WriteLimit::Clock::time_point(1h);
    CHECK(take(limit, "Task", 1, now));
    CHECK(take(limit, "Task", 1, now + 10s));
    CHECK_FALSE(take(limit, "Task", 1, now + 59s));
    CHECK(take(limit, "Task", 2, now + 59s));
    CHECK(take(limit, "Shot", 1, now + 59s));
    CHECK(take(limit, "Task", 1, now + 60s));
    CHECK_FALSE(take(limit, "Task", 1, now + 61s));
}

TEST_CASE("many entities are not remembered for ever", "[status_flow][write_limit]") {
    WriteLimit limit(1);
    auto now = WriteLimit::Clock::time_point(1h);
    for (int id = 0; id < 30'000; ++id)
        CHECK(take(limit, "Task", id, now += 10ms));
    CHECK_FALSE(take(limit, "Task", 29'999, now));
}
