// Ledger: the books of one consumer, whatever engine keeps them: how far it has read, what is handed out, what waits
// for a retry, what is held behind it, what it gave up on. It decides what is due next and says what must be stored.
//
// Everything up to `read_to` has been looked at and is finished, but for
//   open     events handed out, or given back, that have no stored copy: after a restart they are read again
//   backlog  events with a stored copy of their own: they wait for a retry, or are held behind one
// Above `read_to`, `ahead` holds what is finished already (a progress page told so after a restart).
//
// Held: backlog and given-back entries stand in a queue per ordering key, by sequence; one is free when it is the first
// in all of its queues. Handing an entry out takes it out of its queues, so what stood behind it follows in order.
//
// Memory: an entry per event that is not finished, and ranges; never one per finished event. Owner: the engine's
// consumer. Not thread-safe. Throws nothing but std::bad_alloc.
#pragma once

#include "core/journal/consumer.hpp"
#include "core/journal/imported_position.hpp"
#include "core/journal/sequence_queue.hpp"
#include "core/journal/sequence_ranges.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foley::core {

class Ledger {
public:
    struct Standing {
        Sequence read_to;
        std::vector<Sequence> open;  // ascending, all at or below read_to
        SequenceRanges ahead;        // above read_to
        friend bool operator==(const Standing&, const Standing&) = default;
    };

    // A row of the backlog as it is stored.
    struct Row {
        std::shared_ptr<const Event> event;  // null in a change: the copy that is stored already stays
        RetryEntry::State state = RetryEntry::State::waiting;
        Timestamp not_before{};  // of a waiting one; the epoch: due at once
        bool again = false;      // was finished once (replay, dead letter): does not hold the position back
        bool own = false;        // not an event of the journal but made for this consumer (a gap after pruning)
        AttemptRecord record;
    };

    struct DeadRow {
        std::shared_ptr<const Event> event;  // null: to be taken from the backlog's stored copy
        std::string reason;
        Timestamp at{};
        AttemptRecord record;
    };

    // What must be stored since the last take_changes. Nothing in a map: erase that row.
    struct Changes {
        std::optional<Standing> standing;
        std::map<Sequence, std::optional<Row>> backlog;
        std::map<Sequence, std::optional<DeadRow>> dead_letters;
        std::optional<ImportedPosition> imported;
        bool empty() const noexcept { return !standing && backlog.empty() && dead_letters.empty() && !imported; }
    };

    struct Pick {
        Sequence sequence;
        std::shared_ptr<const Event> event;  // null: read the backlog's stored copy
        AttemptRecord record;
    };

    enum class Verdict : std::uint8_t { hand_out, held, skip };

    // Starts with what was stored. `open` are the events of standing.open that the journal still keeps.
    void restore(const Standing& standing, std::span<const std::shared_ptr<const Event>> open,
                 SequenceRanges dead_letters);
    // After it, for each stored row of the backlog; it has its event, which is not kept in memory.
    void restore_backlog(const Row& row);
    // After it, for an open event, or a row of the backlog, that cannot be read: nothing from it on is handed out until
    // it is finished, replayed with a copy that is whole, or sought past.
    void restore_damaged(Sequence sequence, bool in_backlog, std::string why);
    // The standing itself cannot be read: nothing is handed out, and no standing is stored, until a seek gives a place.
    void lose_place(std::string why) { place_lost_ = std::move(why); }
    void restore_imported(ImportedPosition imported) { imported_ = std::move(imported); }

    // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────
    // Up to `limit` entries of the backlog that are due and free, and given-back ones, by sequence; now handed out.
    // None at or after one that is damaged.
    // The time for which a retry was due already does not count for its record.
    std::vector<Pick> take_due(Timestamp now, std::size_t limit);
    // The next event of the journal, wanted: hands it out, holds it behind an earlier one, or skips it as known.
    Verdict admit(const std::shared_ptr<const Event>& event);
    // Everything up to here has been looked at; what was not admitted is finished.
    void read_past(Sequence sequence);

    // ── outcomes; an unknown sequence is ignored, but for finish, which remembers one that was not read yet ──────
    void finish(Sequence sequence);
    void retry(Sequence sequence, Timestamp not_before, AttemptRecord record);
    void give_back(Sequence sequence, std::optional<AttemptRecord> record);
    void dead_letter(Sequence sequence, std::string reason, AttemptRecord record, Timestamp at);
    void give_back_all();  // everything that is handed out

    // ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────
    void replay(std::shared_ptr<const Event> event);                                // due at once, attempts 0
    bool retry_dead_letter(Sequence sequence, std::shared_ptr<const Event> event);  // false: there is none
    bool drop_dead_letter(Sequence sequence);
    // Goes on after `place`. What cannot be read again there stays when going back: the backlog up to `place`, and what
    // is older than `oldest_kept`; but nothing damaged up to `place`, or that is read again. What was imported counts
    // only for events after `head` any more: nothing that the journal has now is kept from whoever goes back to it. Or
    // else it is `imported` from now on.
    void seek(Sequence place, Sequence oldest_kept, Sequence head,
              std::optional<ImportedPosition> imported = std::nullopt);
    // The journal lets go of everything up to `bound`: goes on after it, and owes `gap` instead.
    void overtake(Sequence bound, std::span<const std::shared_ptr<const Event>> gaps);

    // ── what must be stored ──────────────────────────────────────────────────────────────────────────────────────
    bool dirty() const noexcept { return standing_changed_ || !changes_.empty(); }
    Changes take_changes();
    void stored(const Changes& changes);  // they are durable: copies in memory are let go
    void not_stored(Changes&& changes);   // they come again with the next take_changes, but for newer ones

    // ── observing ────────────────────────────────────────────────────────────────────────────────────────────────
    Sequence read_to() const noexcept { return read_to_; }
    Sequence low() const noexcept;       // every event up to here is finished or has a stored copy
    Sequence position() const noexcept;  // every event up to here is finished
    Sequence newest_finished() const noexcept { return newest_finished_; }
    bool finished(Sequence sequence) const noexcept;
    // Not finished, and no stored copy of its own.
    bool owes(Sequence sequence, std::string_view source, std::string_view id) const noexcept;
    std::size_t retries() const noexcept { return waiting_; }  // in the backlog, not handed out
    std::size_t held() const noexcept { return held_; }
    std::size_t backlog_size() const noexcept { return backlog_.size(); }
    std::size_t open_size() const noexcept { return open_.size(); }
    std::uint64_t dead_letters() const noexcept { return dead_.count(); }
    bool has_dead_letter(Sequence sequence) const noexcept { return dead_.contains(sequence); }
    std::size_t unstored_bytes() const noexcept { return unstored_bytes_; }  // of copies that wait for the disk
    std::optional<Timestamp> next_due() const noexcept;
    std::optional<Timestamp> next_retry_at() const noexcept;
    // received_at of the first event that is not finished, as far as it is in memory.
    std::optional<std::pair<Sequence, Timestamp>> oldest_open() const noexcept;
    // The first entry that cannot be read, and why; sequence 0: it is the standing.
    std::optional<std::pair<Sequence, std::string>> first_damage() const;
    // The backlog by sequence, at most `limit`; events only where they are in memory.
    std::vector<std::pair<Sequence, RetryEntry>> backlog(std::size_t limit) const;

private:
    struct Entry {
        std::shared_ptr<const Event> event;
        std::vector<std::string> keys;
        AttemptRecord record;
        Timestamp received_at{};
        Timestamp not_before{};
        std::size_t unstored_bytes = 0;
        std::size_t behind = 0;  // in how many queues others stand before it
        RetryEntry::State state = RetryEntry::State::waiting;
        bool backlog = false;  // has, or will have with the next commit, a stored copy
        bool again = false;
        bool own = false;
        bool in_flight = false;
        bool damaged = false;  // in no queue, as if it were in flight
    };

    Entry* find(Sequence sequence) noexcept;
    const Entry* find(Sequence sequence) const noexcept;
    void forget(Sequence sequence);
    Entry& into_backlog(Sequence sequence, RetryEntry::State state, Timestamp not_before);
    void enqueue(Sequence sequence, Entry& entry);
    void dequeue(Sequence sequence, Entry& entry);
    void set_available(Sequence sequence, const Entry& entry, bool available);
    void stage(Sequence sequence, Entry& entry);
    void settle_bytes(Entry& entry) noexcept;
    void mark_finished(Sequence sequence);
    void lower_newest_finished() noexcept;
    bool blocked(const Event& event) const;
    Sequence first_before(Sequence sequence, const Entry& entry) const;

    Sequence read_to_;
    Sequence newest_finished_;
    SequenceRanges ahead_;
    SequenceQueue<Entry> open_;  // handed out or to be, without a stored copy
    std::map<Sequence, Entry> backlog_;
    SequenceRanges dead_;
    std::map<Sequence, std::string> damage_;
    std::string place_lost_;
    std::optional<ImportedPosition> imported_;
    std::unordered_map<std::string, std::set<Sequence>> queues_;
    std::set<Sequence> ready_;                        // free and due
    std::set<std::pair<Timestamp, Sequence>> timed_;  // free, with a time to wait for
    std::size_t waiting_ = 0;
    std::size_t held_ = 0;
    std::size_t unstored_bytes_ = 0;
    Changes changes_;
    bool standing_changed_ = false;
};

}  // namespace foley::core
