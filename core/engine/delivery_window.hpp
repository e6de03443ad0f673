// DeliveryWindow: the events of one plugin between the journal and the host: those fetched and waiting (for room, or
// for a plugin that comes before), and those in flight. Pure book-keeping; the runner acts on it.
#pragma once

#include "core/hosting/delivery_ring.hpp"
#include "core/hosting/host_process.hpp"
#include "core/journal/consumer.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace foley::core {

class DeliveryWindow {
public:
    struct InFlight {
        Delivery delivery;                     // no event: a timer tick
        std::vector<std::uint32_t> callbacks;  // that were to run; of a tick the timer alone
    };

    // ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────
    void add(std::vector<Delivery> deliveries) {
        for (Delivery& delivery : deliveries)
            waiting_.push_back(std::move(delivery));
    }
    // Takes the first waiting delivery that `may_pass` lets through. One that is kept back keeps back those behind it
    // that share an entity with it, so order per entity holds. Nothing when none may go now.
    std::optional<Delivery> next(const std::function<bool(Sequence)>& may_pass);
    std::size_t waiting() const noexcept { return waiting_.size(); }
    std::optional<Sequence> first_waiting() const {
        return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().event->sequence);
    }
    // Empties the queue; the events are to be given back to the consumer.
    std::vector<Delivery> take_waiting();

    // ── in flight ────────────────────────────────────────────────────────────────────────────────────────────────
    void sent(DeliveryNumber number, InFlight in_flight);
    const InFlight* find(DeliveryNumber number) const;
    const InFlight* find(Sequence sequence) const;
    // Removes it: its outcome is staged, or it is given back.
    std::optional<InFlight> settle(DeliveryNumber number);
    std::vector<std::pair<DeliveryNumber, InFlight>> take_in_flight();  // ascending
    std::size_t in_flight() const noexcept { return flight_.size(); }
    std::size_t events_in_flight() const noexcept { return flight_.size() - ticks_; }
    // Every delivery up to this one has its outcome staged: after the next commit their page slots may be used again.
    DeliveryNumber settled_up_to() const noexcept;

private:
    std::deque<Delivery> waiting_;
    DeliveryRing<InFlight> flight_;
    std::size_t ticks_ = 0;
    DeliveryNumber last_sent_ = 0;
};

}  // namespace foley::core
