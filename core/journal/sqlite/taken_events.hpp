// TakenEvents: events of an append that readers in this process are to share, and that go back to where they came from
// unless they are kept.
//
// Owner: the append, for as long as it lasts. Not thread-safe. Throws nothing but std::bad_alloc, and then takes
// nothing.
#pragma once

#include "core/event/event.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

class TakenEvents {
public:
    TakenEvents(std::span<Event> from, std::string_view source) : from_(from) {
        shared_.reserve(from.size());
        for (Event& event : from) {
            if (event.source != source) event.source = source;
            shared_.push_back(std::make_shared<Event>());
        }
        for (std::size_t i = 0; i < shared_.size(); ++i)  // cannot fail
            *shared_[i] = std::move(from[i]);
    }
    ~TakenEvents() {
        if (kept_) return;
        for (std::size_t i = 0; i < shared_.size(); ++i) {
            shared_[i]->sequence = from_[i].sequence;  // as it was: a transaction that failed has given it one
            from_[i] = std::move(*shared_[i]);
        }
    }
    TakenEvents(const TakenEvents&) = delete;
    TakenEvents& operator=(const TakenEvents&) = delete;

    const std::vector<std::shared_ptr<Event>>& all() const noexcept { return shared_; }
    void keep() noexcept { kept_ = true; }

private:
    const std::span<Event> from_;
    std::vector<std::shared_ptr<Event>> shared_;
    bool kept_ = false;
};

}  // namespace foley::core
