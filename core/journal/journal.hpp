// Journal: the durable, ordered record of events, and of how far each plugin has come.
//
// This is the interface behind which an engine stands: sqlite (one file), later nats (JetStream). One conformance suite
// (tests/unit/journal/journal_contract.hpp) runs over every engine.
//
// Threads: every function may be called from any thread. Those marked *blocking* touch the disk: sources call them on
// their own threads, the engine calls them on its pool, never on its own thread.
// Errors: JournalError, with a sentence that says what happened, to what, and what to do.
#pragma once

#include "core/event/event.hpp"
#include "core/journal/consumer.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

class JournalError : public std::runtime_error {
public:
    enum class Kind {
        locked,        // another process has this journal open
        damaged,       // a checksum or the file structure is wrong; never repaired silently
        full,          // no space: nothing was written; try again later
        unavailable,   // the engine cannot be reached or the disk reports errors; try again later
        incompatible,  // written by a newer Foley, or on a file system that cannot carry it
    };
    JournalError(Kind kind, const std::string& sentence) : std::runtime_error(sentence), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }
    // Waiting and trying again can help.
    bool transient() const noexcept { return kind_ == Kind::full || kind_ == Kind::unavailable; }

private:
    Kind kind_;
};

struct AppendResult {
    std::size_t appended = 0;    // new rows
    std::size_t duplicates = 0;  // (source, id) was there already: nothing done
    Sequence head;               // the journal's newest event after this append
};

struct JournalInfo {
    std::string id;            // random, made when the journal was made; on every progress page
    std::uint64_t generation;  // rises by one with every opening
    bool unclean = false;      // an opening before this one did not end in close(), and no check came to its end since
    Sequence oldest;           // the oldest event that is kept; head + 1 when there is none
    Sequence head;             // the newest; never goes back
    std::uint64_t events = 0;  // how many are kept
    std::uint64_t bytes = 0;   // on disk
};

struct RetentionPolicy {
    std::chrono::seconds behind_every_plugin{std::chrono::hours(24 * 14)};
    std::chrono::seconds for_disabled{std::chrono::hours(24 * 30)};
    std::chrono::seconds dedupe_for{std::chrono::hours(24)};
};

struct PruneResult {
    std::uint64_t events = 0;
    // Consumers that had not read all of what was pruned; each has been moved on and got a gap event of its own.
    std::vector<std::string> overtaken;
    std::vector<std::string> problems;  // sentences: what keeps events from being let go though they are old
};

// The rows of a journal, looked at in steps beside all other work: no step holds a snapshot for longer than it takes.
// Thread: any, one at a time. The journal outlives it.
class JournalCheck {
public:
    virtual ~JournalCheck() = default;
    // Blocking, for a moment. False: that was all. Throws JournalError when it cannot go on; damage is a finding.
    virtual bool step() = 0;
    virtual std::uint64_t rows() const = 0;                        // that were looked at
    virtual const std::vector<std::string>& problems() const = 0;  // sentences, at most about a hundred
};

class Journal {
public:
    virtual ~Journal() = default;

    virtual JournalInfo info() const = 0;
    // The newest event; of info() what is asked for often, without a look at the disk.
    virtual Sequence head() const { return info().head; }

    // ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────
    // Blocking. Durable when it returns; nobody sees an event before. All or nothing. Takes the events: what is left of
    // them then are kind, shape and times, and the sequence of each (0 for a duplicate). When it throws they are as
    // they were. `source` may be the text of one of them. `cursor`, the source's own place and state, commits in the
    // same transaction; an append of no events with a cursor stores the cursor.
    virtual AppendResult append(std::string_view source, std::span<Event> events,
                                std::optional<std::string_view> cursor = std::nullopt) = 0;
    virtual std::optional<std::string> cursor(std::string_view source) const = 0;  // blocking

    // Events that could not be appended as they are (too large, too deep, not JSON): kept whole and shown. Blocking.
    struct Aside {
        std::uint64_t number = 0;
        std::string source, reason, text;
        Timestamp at{};
    };
    virtual void put_aside(const Aside& aside) = 0;
    virtual std::vector<Aside> aside(std::size_t limit) const = 0;

    // ── readers ──────────────────────────────────────────────────────────────────────────────────────────────────
    // Blocking. Events after `after`, ascending, at most `limit` of them and about `bytes` of payload (at least one).
    // Verifies each row's checksum: JournalError::damaged names the row.
    virtual std::vector<std::shared_ptr<const Event>> read(Sequence after, std::size_t limit,
                                                           std::size_t bytes = std::size_t{8} << 20) const = 0;
    virtual std::shared_ptr<const Event> find(Sequence sequence) const = 0;  // null: not kept
    virtual std::optional<Sequence> find(std::string_view source, std::string_view id) const = 0;

    // Calls `changed` after each commit of new events, in whatever thread made it: post and return. Returns a token
    // whose destruction ends it.
    using Subscription = std::shared_ptr<void>;
    [[nodiscard]] virtual Subscription on_append(std::function<void(Sequence head)> changed) = 0;

    // ── plugins ──────────────────────────────────────────────────────────────────────────────────────────────────
    // Blocking. The consumer of that name; made with `start` when there is none. At most one object per name at a time.
    // The journal must outlive it.
    virtual std::unique_ptr<Consumer> consumer(const std::string& name, const StartRule& start) = 0;
    // Every consumer in the journal, also of plugins that are absent. Blocking. What is damaged of one stops no other:
    // its `problem` says so.
    virtual std::vector<ConsumerInfo> consumers() const = 0;
    // Their names alone, which no damage to what they have keeps from being read. Blocking.
    virtual std::vector<std::string> consumer_names() const = 0;
    // Renames a consumer with all it has (`state_of: OLD`). False when there is no `from`, or `to` exists. Blocking.
    virtual bool rename_consumer(const std::string& from, const std::string& to) = 0;
    virtual bool remove_consumer(const std::string& name) = 0;

    // ── upkeep ───────────────────────────────────────────────────────────────────────────────────────────────────
    // Blocking. Deletes what the policy lets go. `disabled` names the plugins that hold events only for
    // policy.for_disabled; consumers that no plugin of this run uses count as disabled too when named here.
    virtual PruneResult prune(const RetentionPolicy& policy, std::span<const std::string> disabled, Timestamp now) = 0;
    // Blocking, slow. Reads everything. Sentences about what is wrong; empty when all is well.
    virtual std::vector<std::string> check() const = 0;
    // The part of it that can run while plugins do: every row against its checksum.
    virtual std::unique_ptr<JournalCheck> begin_check() const = 0;
    // Gives back what is kept in memory only to be quick: nothing has happened for a while. Blocking, for a moment.
    virtual void rest() = 0;
    // Commits what is pending and marks the end as clean, unless a check is still due (JournalInfo::unclean). Blocking.
    // The destructor does not mark it.
    virtual void close() = 0;
};

}  // namespace foley::core
