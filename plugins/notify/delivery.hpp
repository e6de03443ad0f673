// How a delivery can fail. Nothing was lost: the event is there until it goes through, or a person drops it.
#pragma once

#include <stdexcept>
#include <string>

namespace notify {

// The server is away, or does not take us: the credentials, its certificate. Everything waits.
class DeliveryAway : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// It asks to come again later, for this delivery.
class DeliveryLater : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// It refuses this delivery for good.
class DeliveryRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace notify
