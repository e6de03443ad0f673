// SequenceQueue: a map from sequence numbers to values, for numbers that come in rising order and go in nearly the
// same, as the events that are with a plugin do. It is a sorted queue in which what was taken from the middle leaves a
// hole, so it needs no memory of its own for each value, and looking at all of them is quick. Numbers that do not rise
// are allowed, and cost as much as what lies behind them.
//
// Not thread-safe. Throws nothing but std::bad_alloc. A reference is good until the next put, take or erase.
#pragma once

#include "core/event/types.hpp"

#include <boost/container/deque.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace foley::core {

template <typename Value>
class SequenceQueue {
public:
    // The value with this number; a new one where there is none.
    Value& put(Sequence sequence) {
        if (Value* const there = find(sequence)) return *there;
        Value& made = make(sequence);
        ++size_;
        return made;
    }
    Value* find(Sequence sequence) noexcept { return found_in(slots_, sequence); }
    const Value* find(Sequence sequence) const noexcept { return found_in(slots_, sequence); }
    // Nothing: nothing has this number.
    std::optional<Value> take(Sequence sequence) {
        Value* const found = find(sequence);
        if (found == nullptr) return std::nullopt;
        std::optional<Value> value(std::move(*found));
        erase(sequence);
        return value;
    }
    bool erase(Sequence sequence) {
        const auto place = slot_of(slots_, sequence);
        if (place == slots_.end() || place->sequence != sequence || !place->value) return false;
        place->value.reset();
        --size_;
        while (!slots_.empty() && !slots_.front().value)
            slots_.pop_front();
        while (!slots_.empty() && !slots_.back().value)
            slots_.pop_back();
        if (slots_.size() > 2 * size_ + kFewHoles) close_holes();
        return true;
    }

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    // When not empty:
    Sequence first() const noexcept { return slots_.front().sequence; }
    Sequence last() const noexcept { return slots_.back().sequence; }

    // Ascending: use(sequence, value).
    template <typename Use>
    void each(Use use) {
        for (Slot& slot : slots_)
            if (slot.value) use(slot.sequence, *slot.value);
    }
    template <typename Use>
    void each(Use use) const {
        for (const Slot& slot : slots_)
            if (slot.value) use(slot.sequence, *slot.value);
    }
    // The value with the lowest number that `fits`, if one does.
    template <typename Fits>
    std::optional<std::pair<Sequence, const Value*>> first_that(Fits fits) const {
        for (const Slot& slot : slots_)
            if (slot.value && fits(*slot.value)) return std::pair(slot.sequence, &*slot.value);
        return std::nullopt;
    }

private:
    struct Slot {
        Sequence sequence;
        std::optional<Value> value;
    };
    using Slots =
        boost::container::deque<Slot, void,
                                typename boost::container::deque_options<boost::container::block_size<32>>::type>;
    static constexpr std::size_t kFewHoles = 64;

    Value& make(Sequence sequence) {
        if (slots_.empty() || slots_.back().sequence < sequence)
            return *slots_.emplace_back(Slot{sequence, Value{}}).value;
        const auto place = slot_of(slots_, sequence);
        if (place->sequence == sequence) return place->value.emplace();  // a hole
        return *slots_.insert(place, Slot{sequence, Value{}})->value;
    }
    // The first slot that is not below `sequence`: mostly the first of all, or none.
    template <typename Those>
    static auto slot_of(Those& slots, Sequence sequence) noexcept {
        if (slots.empty() || !(slots.front().sequence < sequence)) return slots.begin();
        if (slots.back().sequence < sequence) return slots.end();
        return std::lower_bound(slots.begin(), slots.end(), sequence,
                                [](const Slot& slot, Sequence wanted) { return slot.sequence < wanted; });
    }
    template <typename Those>
    static auto found_in(Those& slots, Sequence sequence) noexcept -> decltype(&*slots.begin()->value) {
        const auto place = slot_of(slots, sequence);
        return place == slots.end() || place->sequence != sequence || !place->value ? nullptr : &*place->value;
    }
    void close_holes() {
        slots_.erase(std::remove_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.value; }),
                     slots_.end());
    }

    Slots slots_;  // ascending; neither the first nor the last is a hole
    std::size_t size_ = 0;
};

}  // namespace foley::core
