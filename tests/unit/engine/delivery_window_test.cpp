#include "core/engine/delivery_window.hpp"

#include <catch2/catch.hpp>

using namespace foley::core;

namespace {

Delivery delivery(std::uint64_t sequence, const std::string& entity) {
    auto event = std::make_shared<Event>();
    event->sequence = Sequence{sequence};
    event->changes.push_back({"Shot", entity, "status", "update"});
    return {event, {}};
}

const auto kAnyone = [](Sequence) { return true; };

std::uint64_t number(const std::optional<Delivery>& taken) {
    return taken ? taken->event->sequence.value : 0;
}

}  // namespace

TEST_CASE("waiting events go in order", "[engine][delivery_window]") {
    DeliveryWindow window;
    window.add({delivery(1, "a"), delivery(2, "b")});
    CHECK(number(window.next(kAnyone)) == 1);
    CHECK(number(window.next(kAnyone)) == 2);
    CHECK(number(window.next(kAnyone)) == 0);
}

TEST_CASE("an event that is kept back keeps back those that share its entity and lets others pass",
          "[engine][delivery_window]") {
    DeliveryWindow window;
    window.add({delivery(1, "a"), delivery(2, "a"), delivery(3, "b")});
    const auto not_the_first = [](Sequence sequence) { return sequence.value != 1; };
    CHECK(number(window.next(not_the_first)) == 3);
    CHECK(number(window.next(not_the_first)) == 0);
    CHECK(number(window.next(kAnyone)) == 1);
    CHECK(number(window.next(kAnyone)) == 2);
}

TEST_CASE("slots up to the oldest unsettled delivery are free for use", "[engine][delivery_window]") {
    DeliveryWindow window;
    CHECK(window.settled_up_to() == 0);
    for (DeliveryNumber one = 1; one <= 3; ++one)
        window.sent(one, {delivery(one + 10, "a"), {0}});
    CHECK(window.settled_up_to() == 0);
    REQUIRE(window.settle(2));
    CHECK(window.settled_up_to() == 0);
    REQUIRE(window.settle(1));
    CHECK(window.settled_up_to() == 2);
    CHECK(window.find(Sequence{13}) != nullptr);
    REQUIRE(window.settle(3));
    CHECK(window.settled_up_to() == 3);
    CHECK_FALSE(window.settle(3));
}

TEST_CASE("ticks are in flight but are no events", "[engine][delivery_window]") {
    DeliveryWindow window;
    window.sent(1, {Delivery{}, {4}});
    CHECK(window.in_flight() == 1);
    CHECK(window.events_in_flight() == 0);
    CHECK(window.take_in_flight().size() == 1);
    CHECK(window.in_flight() == 0);
}
