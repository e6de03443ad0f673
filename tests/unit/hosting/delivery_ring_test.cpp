#include "core/hosting/delivery_ring.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace foley::core;

TEST_CASE("deliveries are found and taken by their number, in whatever order they go", "[hosting][delivery_ring]") {
    DeliveryRing<std::string> ring;
    CHECK(ring.empty());
    ring.put(7, "seven");
    ring.put(8, "eight");
    ring.put(11, "eleven");  // those between went to nobody here
    CHECK(ring.size() == 3);
    CHECK(ring.first() == 7);
    REQUIRE(ring.find(8) != nullptr);
    CHECK(*ring.find(8) == "eight");
    CHECK_FALSE(ring.contains(6));
    CHECK_FALSE(ring.contains(9));
    CHECK_FALSE(ring.contains(12));
    CHECK(ring.take(8) == "eight");
    CHECK_FALSE(ring.take(8));
    CHECK(ring.first() == 7);
    CHECK(ring.take(7) == "seven");
    CHECK(ring.first() == 11);
    CHECK(ring.take(11) == "eleven");
    CHECK(ring.empty());
    ring.put(20, "twenty");
    CHECK(ring.first() == 20);
}

TEST_CASE("a look at all of them can be ended", "[hosting][delivery_ring]") {
    DeliveryRing<int> ring;
    for (int number = 1; number <= 5; ++number)
        ring.put(static_cast<DeliveryNumber>(number), number * 10);
    ring.take(2);
    std::vector<int> seen;
    ring.each([&](DeliveryNumber number, int value) {
        seen.push_back(value);
        return number == 4;
    });
    CHECK(seen == std::vector<int>{10, 30, 40});
}
