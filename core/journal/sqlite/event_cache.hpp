// EventCache: the events that plugins are at, in memory: those appended last, and stretches that one consumer has read
// from the file and others are about to. So an event is read and decoded once, however many plugins it goes to, and one
// that has just been appended not at all.
//
// It holds stretches of the journal without holes, at most 256 numbers each. It forgets those that all its readers are
// past, so that memory goes round while it is warm, and when there is too much, those that were not used for longest;
// of the last, when its events are that large, what is before the newest. Each knows which types of events it has, so a
// consumer goes past a stretch with nothing for it at once.
//
// Owner: SqliteFile. Any thread.
#pragma once

#include "core/event/event.hpp"
#include "core/event/types.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

class EventCache {
public:
    using Events = std::vector<std::shared_ptr<const Event>>;
    using MayWant = std::function<bool(EventKind kind, std::string_view type)>;

    explicit EventCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    // What was appended after `after`, the newest before it, up to `through`: ascending, complete.
    void append(Sequence after, Sequence through, std::span<const std::shared_ptr<const Event>> events);

    struct Stretch {
        Sequence through;              // every event after the asked place and up to here is in `events` or unwanted
        Events events;                 // at most as many as asked for
        std::uint64_t unwanted = 0;    // in stretches that have nothing for the asker
        std::optional<Sequence> next;  // the first event behind them that is known, if there are more
    };
    // Somebody who goes through the journal. While there is one, what lies before the places at which all of them read
    // last is needed by nobody; who goes back finds it in the file. The cache outlives it.
    class Reader {
    public:
        Reader(EventCache& cache, Sequence place);
        ~Reader();
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;

        Stretch read(Sequence after, std::size_t limit, const MayWant& may_want);

    private:
        friend class EventCache;
        EventCache& cache_;
        Sequence place_;  // guarded by the cache's mutex
    };

    // From `after` on, as far as is known here; `through` is `after` when nothing is. Stretches of which `may_want`
    // wants no type are gone past.
    Stretch read(Sequence after, std::size_t limit, const MayWant& may_want) const;

    // The place up to which all is known that comes after `after`; `after` itself when nothing is.
    Sequence known_to(Sequence after) const;

    // `head`, when all after `after` is known and `may_want` wants no type of it.
    std::optional<Sequence> unwanted_through(Sequence after, Sequence head, const MayWant& may_want) const;

    // Whoever finds nothing loads: the events after `first` and up to `second`, or up to a place before it. Waits while
    // another thread loads there, and then gives nothing: read again. End it with put() or give_up().
    using Range = std::pair<Sequence, Sequence>;
    std::optional<Range> begin_load(Sequence after, Sequence head);
    void put(const Range& range, Events events);
    void give_up(const Range& range);

    // Events were let go.
    void clear();

private:
    struct Chunk {
        Sequence after, through;
        Events events;
        std::vector<std::pair<EventKind, std::string>> types;  // each once; few
        std::size_t bytes = 0;
        std::uint64_t used = 0;
    };
    using Chunks = std::map<std::uint64_t, Chunk>;  // by number >> 8 of their events

    // What is known from `after` on; null: nothing.
    Chunk* following(Sequence after) const;
    static bool some_wanted(const Chunk& chunk, const MayWant& may_want);

    static std::uint64_t chunk_of(Sequence event) noexcept { return (event.value - 1) >> kBits; }
    void add(Chunk& chunk, const std::shared_ptr<const Event>& event);
    Stretch read_locked(Sequence after, std::size_t limit, const MayWant& may_want) const;
    // What is to be let go of when the lock is: that takes a while, and others want the cache.
    using Forgotten = std::vector<Events>;
    void forget_passed(Forgotten& forgotten);
    [[nodiscard]] Forgotten forget_oldest(Sequence needed_after);

    static constexpr unsigned kBits = 8;

    const std::size_t most_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable loaded_;
    mutable Chunks chunks_;
    std::set<std::uint64_t> loading_;
    std::set<const Reader*> readers_;
    std::size_t bytes_ = 0;
    mutable std::uint64_t uses_ = 0;
};

}  // namespace foley::core
