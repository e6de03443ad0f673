#include "core/engine/delivery_window.hpp"

#include <algorithm>
#include <utility>

namespace foley::core {

std::optional<Delivery> DeliveryWindow::next(const std::function<bool(Sequence)>& may_pass) {
    std::set<std::string> kept_back;
    for (auto place = waiting_.begin(); place != waiting_.end(); ++place) {
        const Event& event = *place->event;
        bool passes = may_pass(event.sequence);
        if (passes && kept_back.empty()) {
            Delivery delivery = std::move(*place);
            waiting_.erase(place);
            return delivery;
        }
        const std::vector<std::string> keys = ordering_keys(event);
        passes = passes && std::none_of(keys.begin(), keys.end(),
                                        [&](const std::string& key) { return kept_back.contains(key); });
        if (passes) {
            Delivery delivery = std::move(*place);
            waiting_.erase(place);
            return delivery;
        }
        kept_back.insert(keys.begin(), keys.end());
    }
    return std::nullopt;
}

std::vector<Delivery> DeliveryWindow::take_waiting() {
    std::vector<Delivery> taken(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    return taken;
}

void DeliveryWindow::sent(DeliveryNumber number, InFlight in_flight) {
    if (!in_flight.delivery.event) ++ticks_;
    last_sent_ = std::max(last_sent_, number);
    flight_.put(number, std::move(in_flight));
}

const DeliveryWindow::InFlight* DeliveryWindow::find(DeliveryNumber number) const {
    return flight_.find(number);
}

const DeliveryWindow::InFlight* DeliveryWindow::find(Sequence sequence) const {
    const InFlight* found = nullptr;
    flight_.each([&](DeliveryNumber, const InFlight& in_flight) {
        if (in_flight.delivery.event && in_flight.delivery.event->sequence == sequence) found = &in_flight;
        return found != nullptr;
    });
    return found;
}

std::optional<DeliveryWindow::InFlight> DeliveryWindow::settle(DeliveryNumber number) {
    std::optional<InFlight> in_flight = flight_.take(number);
    if (in_flight && !in_flight->delivery.event) --ticks_;
    return in_flight;
}

std::vector<std::pair<DeliveryNumber, DeliveryWindow::InFlight>> DeliveryWindow::take_in_flight() {
    ticks_ = 0;
    std::vector<std::pair<DeliveryNumber, InFlight>> taken;
    taken.reserve(flight_.size());
    while (!flight_.empty()) {
        const DeliveryNumber number = flight_.first();
        taken.emplace_back(number, *flight_.take(number));
    }
    return taken;
}

DeliveryNumber DeliveryWindow::settled_up_to() const noexcept {
    return flight_.empty() ? last_sent_ : flight_.first() - 1;
}

}  // namespace foley::core
