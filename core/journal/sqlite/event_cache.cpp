#include "core/journal/sqlite/event_cache.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace foley::core {
namespace {

// As much as an event takes, about: itself, its texts, what points at it.
std::size_t bytes_of(const Event& event) noexcept {
    return event.payload.capacity() + sizeof(Event) + event.changes.size() * sizeof(Change) + 128;
}

}  // namespace

void EventCache::add(Chunk& chunk, const std::shared_ptr<const Event>& event) {
    chunk.events.push_back(event);
    const bool known = std::any_of(chunk.types.begin(), chunk.types.end(), [&](const auto& type) {
        return type.first == event->kind && type.second == event->type;
    });
    if (!known) chunk.types.emplace_back(event->kind, event->type);
    const std::size_t bytes = bytes_of(*event);
    chunk.bytes += bytes;
    bytes_ += bytes;
}

void EventCache::append(Sequence after, Sequence through, std::span<const std::shared_ptr<const Event>> events) {
    if (through <= after) return;
    Forgotten forgotten;
    const std::lock_guard lock(mutex_);
    auto next = events.begin();
    for (std::uint64_t number = chunk_of(after.next()); number <= chunk_of(through); ++number) {
        const Sequence begin{std::max(after.value, number << kBits)};
        const Sequence end{std::min(through.value, (number + 1) << kBits)};
        auto [place, made] = chunks_.try_emplace(number);
        Chunk& chunk = place->second;
        if (made) {
            chunk.after = begin;
            chunk.through = begin;
            chunk.events.reserve(std::min<std::size_t>(events.size(), std::size_t{1} << kBits));
        }
        // A reader may have loaded it in the meantime; what does not join on is left to readers.
        const bool joins = chunk.through == begin;
        for (; next != events.end() && (*next)->sequence <= end; ++next) {
            if (joins) add(chunk, *next);
        }
        if (joins) chunk.through = end;
        chunk.used = ++uses_;
    }
    forgotten = forget_oldest(through);
}

Sequence EventCache::known_to(Sequence after) const {
    const std::lock_guard lock(mutex_);
    while (const Chunk* const chunk = following(after))
        after = chunk->through;
    return after;
}

std::optional<Sequence> EventCache::unwanted_through(Sequence after, Sequence head, const MayWant& may_want) const {
    const std::lock_guard lock(mutex_);
    while (after < head) {
        const Chunk* const chunk = following(after);
        if (chunk == nullptr || some_wanted(*chunk, may_want)) return std::nullopt;
        after = chunk->through;
    }
    return after;
}

EventCache::Chunk* EventCache::following(Sequence after) const {
    const auto place = chunks_.find(chunk_of(after.next()));
    if (place == chunks_.end()) return nullptr;
    Chunk& chunk = place->second;
    return after < chunk.after || chunk.through <= after ? nullptr : &chunk;
}

bool EventCache::some_wanted(const Chunk& chunk, const MayWant& may_want) {
    return !may_want || std::any_of(chunk.types.begin(), chunk.types.end(),
                                    [&](const auto& type) { return may_want(type.first, type.second); });
}

EventCache::Reader::Reader(EventCache& cache, Sequence place) : cache_(cache), place_(place) {
    const std::lock_guard lock(cache_.mutex_);
    cache_.readers_.insert(this);
}

EventCache::Reader::~Reader() {
    const std::lock_guard lock(cache_.mutex_);
    cache_.readers_.erase(this);
}

EventCache::Stretch EventCache::Reader::read(Sequence after, std::size_t limit, const MayWant& may_want) {
    const std::lock_guard lock(cache_.mutex_);
    place_ = after;
    return cache_.read_locked(after, limit, may_want);
}

EventCache::Stretch EventCache::read(Sequence after, std::size_t limit, const MayWant& may_want) const {
    const std::lock_guard lock(mutex_);
    return read_locked(after, limit, may_want);
}

EventCache::Stretch EventCache::read_locked(Sequence after, std::size_t limit, const MayWant& may_want) const {
    Stretch stretch;
    stretch.through = after;
    while (true) {
        Chunk* const found = following(stretch.through);
        if (found == nullptr) return stretch;
        Chunk& chunk = *found;
        chunk.used = ++uses_;
        const auto from = std::upper_bound(
            chunk.events.begin(), chunk.events.end(), stretch.through,
            [](Sequence place_in, const std::shared_ptr<const Event>& event) { return place_in < event->sequence; });
        if (!some_wanted(chunk, may_want)) {
            stretch.unwanted += static_cast<std::uint64_t>(chunk.events.end() - from);
            stretch.through = chunk.through;
            continue;
        }
        const auto most = static_cast<std::ptrdiff_t>(limit - stretch.events.size());
        const auto to = from + std::min(chunk.events.end() - from, most);
        stretch.events.insert(stretch.events.end(), from, to);
        if (to != chunk.events.end()) {
            if (!stretch.events.empty() && to != from) stretch.through = (*(to - 1))->sequence;
            stretch.next = (*to)->sequence;
            return stretch;
        }
        stretch.through = chunk.through;
    }
}

std::optional<EventCache::Range> EventCache::begin_load(Sequence after, Sequence head) {
    const std::uint64_t number = chunk_of(after.next());
    std::unique_lock lock(mutex_);
    if (loading_.contains(number)) {
        loaded_.wait(lock, [&] { return !loading_.contains(number); });
        return std::nullopt;
    }
    Sequence end{std::min(head.value, (number + 1) << kBits)};
    if (const auto known = chunks_.find(number); known != chunks_.end()) {
        if (known->second.after <= after && after < known->second.through) return std::nullopt;  // meanwhile
        if (after < known->second.after) end = known->second.after;
    }
    loading_.insert(number);
    return Range{after, end};
}

void EventCache::put(const Range& range, Events events) {
    Forgotten forgotten;
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = chunk_of(range.first.next());
    auto [place, made] = chunks_.try_emplace(number);
    Chunk& chunk = place->second;
    if (made || chunk.through != range.first) {
        // Before what is known here, which follows it then, or in the place of it.
        const bool joins = !made && chunk.after == range.second && chunk.bytes < most_bytes_ / 2;
        if (joins) events.insert(events.end(), chunk.events.begin(), chunk.events.end());
        const Sequence through = joins ? chunk.through : range.second;
        bytes_ -= chunk.bytes;
        chunk = Chunk{};
        chunk.after = range.first;
        chunk.through = through;
    } else {
        chunk.through = range.second;
    }
    for (const auto& event : events)
        add(chunk, event);
    chunk.used = ++uses_;
    loading_.erase(number);
    loaded_.notify_all();
    forgotten = forget_oldest(range.first);
}

void EventCache::give_up(const Range& range) {
    const std::lock_guard lock(mutex_);
    loading_.erase(chunk_of(range.first.next()));
    loaded_.notify_all();
}

void EventCache::clear() {
    Chunks forgotten;
    const std::lock_guard lock(mutex_);
    forgotten.swap(chunks_);
    bytes_ = 0;
}

// But for the newest stretch, which grows.
void EventCache::forget_passed(Forgotten& forgotten) {
    if (readers_.empty()) return;
    const Reader* const last = *std::min_element(
        readers_.begin(), readers_.end(), [](const Reader* a, const Reader* b) { return a->place_ < b->place_; });
    for (auto oldest = chunks_.begin(); chunks_.size() > 1 && oldest->second.through <= last->place_;) {
        forgotten.push_back(std::move(oldest->second.events));
        bytes_ -= oldest->second.bytes;
        oldest = chunks_.erase(oldest);
    }
}

// Not what is after `needed_after`, in the stretch that was used last: whoever brought it is about to read it.
EventCache::Forgotten EventCache::forget_oldest(Sequence needed_after) {
    Forgotten forgotten;
    forget_passed(forgotten);
    while (bytes_ > most_bytes_ && chunks_.size() > 1) {
        const auto oldest = std::min_element(
            chunks_.begin(), chunks_.end(), [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
        forgotten.push_back(std::move(oldest->second.events));
        bytes_ -= oldest->second.bytes;
        chunks_.erase(oldest);
    }
    if (bytes_ <= most_bytes_ || chunks_.empty()) return forgotten;
    Chunk& last = chunks_.begin()->second;
    auto kept = last.events.begin();
    for (; kept != last.events.end() && (*kept)->sequence <= needed_after && bytes_ > most_bytes_; ++kept) {
        const std::size_t bytes = bytes_of(**kept);
        last.after = (*kept)->sequence;
        last.bytes -= bytes;
        bytes_ -= bytes;
    }
    forgotten.emplace_back(std::make_move_iterator(last.events.begin()), std::make_move_iterator(kept));
    last.events.erase(last.events.begin(), kept);
    return forgotten;
}

}  // namespace foley::core
