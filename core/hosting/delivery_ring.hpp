// DeliveryRing: something for each delivery that is out, by its number. Numbers rise from one to the next, and go back
// in nearly the same order, so this is a queue with holes: no search, and no memory of its own for each entry.
//
// Not thread-safe. Throws nothing but std::bad_alloc.
#pragma once

#include "core/hosting/host_outcome.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace foley::core {

template <typename Value>
class DeliveryRing {
public:
    // `number` is above all that were put before it.
    void put(DeliveryNumber number, Value value) {
        if (places_.empty()) first_ = number;
        while (first_ + places_.size() < number)
            places_.emplace_back();
        places_.emplace_back(std::move(value));
        ++size_;
    }
    const Value* find(DeliveryNumber number) const noexcept {
        if (number < first_ || number - first_ >= places_.size()) return nullptr;
        const std::optional<Value>& place = places_[static_cast<std::size_t>(number - first_)];
        return place ? &*place : nullptr;
    }
    bool contains(DeliveryNumber number) const noexcept { return find(number) != nullptr; }
    std::optional<Value> take(DeliveryNumber number) {
        if (!contains(number)) return std::nullopt;
        std::optional<Value> value = std::exchange(places_[static_cast<std::size_t>(number - first_)], std::nullopt);
        --size_;
        for (; !places_.empty() && !places_.front(); ++first_)
            places_.pop_front();
        return value;
    }
    void clear() noexcept {
        places_.clear();
        size_ = 0;
    }

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    DeliveryNumber first() const noexcept { return first_; }  // when not empty

    // Ascending: use(number, value). True from `use` ends it.
    template <typename Use>
    void each(Use use) const {
        DeliveryNumber number = first_;
        for (const std::optional<Value>& place : places_) {
            if (place && use(number, *place)) return;
            ++number;
        }
    }

private:
    std::deque<std::optional<Value>> places_;  // the first is never empty
    DeliveryNumber first_ = 0;                 // of places_[0]
    std::size_t size_ = 0;
};

}  // namespace foley::core
