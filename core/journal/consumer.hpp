// Consumer: one plugin's reading of the journal: what it has finished, what waits for a retry, what it gave up on, and
// its small key-value store.
//
// Owner: the plugin's runner. Threads: thread-safe; fetch and the reads marked *blocking* go to disk.
//
// What happens to an event: `fetch` hands it out (explicit delivery). The runner then says one of
//   finish      it is done, ignored or not wanted                        (JetStream: ack)
//   retry       not now, again at `not_before`; keeps a copy             (nak with delay; ours)
//   dead_letter given up, kept with the reason                           (term; ours)
//   give_back   not begun, fetch will hand it out again                  (nak)
// These stage the change in memory at once and become durable with the next commit: by itself within
// `commit_interval`, at once with `commit`. One commit writes everything staged, of all consumers, in one transaction.
//
// Held: while an event waits for a retry, a later event that shares an ordering key is not handed out; it waits behind
// it, transitively, and is handed out in journal order when the way is free. Others pass.
//
// Order of fetch: what is due of the backlog (retries whose time has come, held ones whose way is free, given-back
// ones), by sequence, then new events by sequence.
#pragma once

#include "core/event/event.hpp"
#include "core/journal/start_rule.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace foley::core {

// How often an event failed, and which of its callbacks are finished all the same.
struct AttemptRecord {
    std::uint32_t attempts = 0;  // finished attempts, 0 for a first delivery
    // Of the first attempt of the present row of failing ones; later by the time for which a due retry was not handed
    // out. The epoch: the row begins with the next one that fails.
    Timestamp first_failed_at{};
    std::string build;                              // the plugin build that ran finished_callbacks
    std::vector<std::uint32_t> finished_callbacks;  // indices of callbacks that need not run again in the same build
    std::string last_reason;
};

struct Delivery {
    std::shared_ptr<const Event> event;
    AttemptRecord record;
};

struct RetryEntry {
    enum class State : std::uint8_t { waiting = 0, held = 1 };  // stored: never renumber
    std::shared_ptr<const Event> event;
    State state = State::waiting;
    Timestamp not_before{};  // of a waiting one
    Sequence behind;         // of a held one: the first event it waits for
    AttemptRecord record;
};

struct DeadLetter {
    std::shared_ptr<const Event> event;
    std::string reason;
    Timestamp at{};
    AttemptRecord record;
};

struct ConsumerInfo {
    std::string name;
    Sequence position;          // every event up to and including this is finished
    Sequence newest_finished;   // the highest finished one
    std::uint64_t retries = 0;  // waiting
    std::uint64_t held = 0;
    std::uint64_t dead_letters = 0;
    std::optional<Timestamp> next_retry_at;
    std::optional<Timestamp> oldest_unread_at;  // received_at of the first event above the position; for the lag
    std::string problem;  // sentence: what of it cannot be read, so it gets nothing until it is sought past that
};

class Consumer {
public:
    virtual ~Consumer() = default;

    virtual const std::string& name() const noexcept = 0;

    // Blocking. At most `limit` deliveries, about `bytes` of payload (at least one). Events that `wanted` refuses are
    // finished on the way and not handed out; the call returns early (perhaps with nothing) after looking at
    // `scan_limit` of them, so the caller can be stopped. `more` is true when there is more to look at right now.
    // One call at a time. Stops before what is damaged: JournalError::damaged, once nothing before it is left, says
    // what to do.
    struct Fetched {
        std::vector<Delivery> deliveries;
        std::uint64_t unwanted = 0;
        bool more = false;
    };
    // Which events are to be handed out. Nothing: all.
    struct Wanted {
        Wanted() = default;
        template <typename Function>
        requires std::is_invocable_r_v<bool, Function, const Event&> Wanted(Function wants)
            : event(std::move(wants)) {}  // NOLINT(google-explicit-constructor)

        std::function<bool(const Event&)> event{};
        // False only where `event` is false for all of the kind and type: so stretches without any that may be wanted
        // are gone past as a whole. Nothing: there may be some in each.
        std::function<bool(EventKind kind, std::string_view type)> type{};
        bool operator()(const Event& one) const { return !event || event(one); }
    };
    virtual Fetched fetch(std::size_t limit, std::size_t bytes, const Wanted& wanted, Timestamp now) = 0;
    // The same without waiting for the disk, where what is next is in memory: at most `limit` deliveries. Nothing
    // where it is not, and fetch() has to be asked. What was not wanted is committed with the next commit only.
    virtual std::optional<Fetched> fetch_recent(std::size_t limit, const Wanted& wanted, Timestamp now) = 0;
    // A hint, after a fetch that found more: reads what comes next into memory, while what was fetched is worked on.
    // Changes nothing that can be observed. Waits for the disk; what goes wrong is met by the next fetch.
    virtual void read_ahead() noexcept {}
    // The newest event, when of all events after `from` (nothing: after the place up to which this consumer has read)
    // none can be wanted, as their types tell; nothing when some may be, or when that cannot be said without the disk.
    // Then there is no hurry to go past them. Changes nothing.
    virtual std::optional<Sequence> unwanted_through(std::optional<Sequence> from, const Wanted& wanted) const {
        (void)from;
        (void)wanted;
        return std::nullopt;
    }

    // Also for an event that was not handed out since the journal was opened (a progress page tells after a restart),
    // and harmless for one that is finished already.
    void finish(Sequence sequence) { finish(std::span(&sequence, 1)); }
    virtual void finish(std::span<const Sequence> sequences) = 0;
    // Whether this event is finished (done, ignored, not wanted, dead-lettered), staged changes included. For `after`.
    virtual bool finished(Sequence sequence) const = 0;
    virtual void retry(Sequence sequence, Timestamp not_before, AttemptRecord record) = 0;
    virtual void dead_letter(Sequence sequence, std::string reason, AttemptRecord record, Timestamp now) = 0;
    // `record` (when given) is kept with the event: after a failure under `disable` it is the first again, with what
    // was finished.
    virtual void give_back(Sequence sequence, std::optional<AttemptRecord> record = std::nullopt) = 0;

    // The plugin's key-value store. Writes commit in one transaction with the next outcome (finish, retry, dead_letter,
    // give_back) that follows them, never before it; without one, with the next commit().
    struct Write {
        std::string key;
        std::optional<std::string> value;  // nothing: erase
    };
    virtual void write(std::vector<Write> writes) = 0;
    virtual std::optional<std::string> get(std::string_view key) const = 0;  // blocking; sees what is staged
    // Blocking. Up to `limit` pairs whose key starts with `prefix` and is greater than `after`, ascending.
    virtual std::vector<std::pair<std::string, std::string>> list(std::string_view prefix, std::string_view after,
                                                                  std::size_t limit) const = 0;

    // Calls `done` once, on the journal's thread, after all that is staged now is durable; with an exception pointer
    // (JournalError) when it could not be written: it stays staged and is tried again with the next commit.
    using Committed = std::function<void(std::exception_ptr error)>;
    virtual void commit(Committed done) = 0;

    virtual ConsumerInfo info() const = 0;  // sees what is staged
    // When the next retry falls due; nothing when none waits.
    virtual std::optional<Timestamp> next_due() const = 0;

    // ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────
    // All blocking, durable on return; the runner has nothing in flight when it calls one.
    virtual void seek(const StartRule& rule) = 0;  // forgets what is finished above; keeps dead letters
    virtual std::vector<RetryEntry> backlog(std::size_t limit) const = 0;
    virtual std::vector<DeadLetter> dead_letters(std::size_t limit) const = 0;
    virtual bool retry_dead_letter(Sequence sequence) = 0;  // into the backlog, due now, attempts 0
    virtual bool drop_dead_letter(Sequence sequence) = 0;
    // Hands one event of the journal out again, as if it were due now (`foleyctl replay`). False: not kept any more.
    virtual bool replay(Sequence sequence) = 0;
};

}  // namespace foley::core
