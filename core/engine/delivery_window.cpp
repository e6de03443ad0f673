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
    flight_.emplace(number, std::move(in_flight));
}

const DeliveryWindow::InFlight* DeliveryWindow::find(DeliveryNumber number) const {
    const auto found = flight_.find(number);
    return found == flight_.end() ? nullptr : &found->second;
}

const DeliveryWindow::InFlight* DeliveryWindow::find(Sequence sequence) const {
    for (const auto& [number, in_flight] : flight_) {
        if (in_flight.delivery.event && in_flight.delivery.event->sequence == sequence) return &in_flight;
    }
    return nullptr;
}

std::optional<DeliveryWindow::InFlight> DeliveryWindow::settle(DeliveryNumber number) {
    const auto found = flight_.find(number);
    if (found == flight_.end()) return std::nullopt;
    InFlight in_flight = std::move(found->second);
    if (!in_flight.delivery.event) --ticks_;
    flight_.erase(found);
    return in_flight;
}

std::map<DeliveryNumber, DeliveryWindow::InFlight> DeliveryWindow::take_in_flight() {
    ticks_ = 0;
    return std::exchange(flight_, {});
}

DeliveryNumber DeliveryWindow::settled_up_to() const noexcept {
    return flight_.empty() ? last_sent_ : flight_.begin()->first - 1;
}

}  // namespace foley::core
