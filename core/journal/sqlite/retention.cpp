#include "core/journal/sqlite/retention.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace foley::core {
namespace {

constexpr std::uint64_t kSlice = 2000;  // events in one transaction
constexpr std::chrono::microseconds kMoment{1};

}  // namespace

// A stretch of one source's events that a consumer will not get.
struct Retention::Missed {
    std::string source;
    std::uint64_t events = 0;
    Timestamp from{};
    Timestamp until{};
};

PruneResult Retention::run(std::span<const std::shared_ptr<ConsumerBooks>> consumers,
                           std::span<const std::string> disabled) {
    forget_ids();
    PruneResult result;
    const Sequence last = bound(consumers, disabled);
    result.problems = std::move(problems_);
    if (last.value < file_.oldest.load()) return result;
    // Only now may a disabled consumer be passed; its gap is on disk before its events go.
    for (const auto& books : consumers) {
        if (books->look([](const Ledger& ledger) { return ledger.low(); }) >= last) continue;
        if (overtake(*books, last)) result.overtaken.push_back(books->name());
    }
    result.events = delete_events(last);
    return result;
}

// The last event that may go.
Sequence Retention::bound(std::span<const std::shared_ptr<ConsumerBooks>> consumers,
                          std::span<const std::string> disabled) {
    Sequence last = last_before(file_, now_ - policy_.behind_every_plugin + kMoment);
    const Sequence past_disabled = last_before(file_, now_ - policy_.for_disabled + kMoment);
    const Sequence old_enough = last;
    for (const auto& books : consumers) {
        // The place first, then the commit: all that is finished up to the place is durable afterwards.
        const Sequence low = books->look([](const Ledger& ledger) { return ledger.low(); });
        try {
            books->commit_and_wait();
        } catch (const JournalError& error) {
            // Its place on disk is older than the one in memory, by who knows how much.
            if (error.kind() != JournalError::Kind::damaged) throw;
            problems_.push_back("the place of " + books->name() +
                                " cannot be written, so no event is let go: " + error.what());
            last = Sequence{};
            continue;
        }
        const auto damage = books->look([](const Ledger& ledger) { return ledger.first_damage(); });
        if (damage && damage->first < old_enough) {
            problems_.push_back("events are kept for " + books->name() + ", which cannot go on: " + damage->second);
        }
        const bool is_disabled = std::find(disabled.begin(), disabled.end(), books->name()) != disabled.end();
        last = std::min(last, is_disabled ? std::max(low, past_disabled) : low);
    }
    return last;
}

// ── a consumer that is overtaken ─────────────────────────────────────────────────────────────────────────────────────

bool Retention::overtake(ConsumerBooks& books, Sequence bound) {
    const std::vector<Missed> lost = missed(books, bound);
    const std::vector<std::shared_ptr<const Event>> events = gaps(books, lost);
    books.change([&](Ledger& ledger) { ledger.overtake(bound, events); });
    books.commit_and_wait();
    return !lost.empty();
}

std::vector<Retention::Missed> Retention::missed(const ConsumerBooks& books, Sequence bound) {
    std::map<std::uint64_t, Missed> by_source;
    Sequence after = books.look([](const Ledger& ledger) { return ledger.low(); });
    const ReaderPool::Lease reader = file_.readers.lend();
    Statement& row = (*reader)(
        "SELECT sequence, source, at, id FROM events WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT "
        "2000");
    for (bool more = true; more;) {
        const ResetAtEnd reset(row);
        row.bind(1, after).bind(2, bound);
        more = false;
        while (row.step()) {
            more = true;
            after = row.sequence(0);
            const std::string source = file_.names.name(row.number(1));
            const std::string_view id = row.bytes(3);
            if (!books.look([&](const Ledger& ledger) { return ledger.owes(after, source, id); })) continue;
            Missed& missed = by_source[row.number(1)];
            if (missed.events++ == 0) missed.from = row.time(2);
            missed.until = row.time(2);
        }
    }
    std::vector<Missed> result;
    for (auto& [source, missed] : by_source) {
        missed.source = file_.names.name(source);
        result.push_back(std::move(missed));
    }
    return result;
}

// One for each source, with a sequence number of its own.
std::vector<std::shared_ptr<const Event>> Retention::gaps(const ConsumerBooks& books,
                                                          const std::vector<Missed>& missed) {
    if (missed.empty()) return {};
    Sequence before;
    file_.writer->run([&](Connection&, JournalState& state) {
        before = state.head;
        state.head.value += missed.size();
    });
    std::vector<std::shared_ptr<const Event>> events;
    const auto days = std::chrono::duration_cast<std::chrono::hours>(policy_.for_disabled).count() / 24;
    for (const Missed& one : missed) {
        auto event = std::make_shared<Event>();
        event->sequence = Sequence{before.value + events.size() + 1};
        event->source = one.source;
        event->id = "foley.gap/" + books.name() + "/" + std::to_string(event->sequence.value);
        event->kind = EventKind::gap;
        event->type = "foley.gap";
        event->received_at = now_;
        event->payload = "{\"from\": " + std::to_string(one.from.time_since_epoch().count()) +
                         ", \"until\": " + std::to_string(one.until.time_since_epoch().count()) + ", \"reason\": \"" +
                         std::to_string(one.events) + " events were let go: the plugin had not handled them for " +
                         std::to_string(days) + " days\"}";
        events.push_back(std::move(event));
    }
    return events;
}

// ── deleting ─────────────────────────────────────────────────────────────────────────────────────────────────────────

void Retention::forget_ids() {
    const Timestamp until = now_ - policy_.dedupe_for;
    Sequence last = last_before(file_, until + kMoment);
    {
        // Of events that are gone already, their ids are kept apart.
        const ReaderPool::Lease reader = file_.readers.lend();
        Statement& row = (*reader)("SELECT coalesce(max(sequence), 0) FROM seen_apart WHERE at <= ?1");
        const ResetAtEnd reset(row);
        row.bind(1, until);
        const Sequence apart = row.step() ? row.sequence(0) : Sequence{};
        // No event that is kept is old enough: then only those that are kept apart can be.
        if (last.value < file_.oldest.load()) last = apart;
    }
    for (Sequence from = file_.writer->state().seen_from; from < last;) {
        const Sequence to{std::min(last.value, from.value + kSlice)};
        file_.writer->run([&](Connection& connection, JournalState& state) {
            for (const char* sql : {"SELECT source, id, sequence FROM events WHERE sequence > ?1 AND sequence <= ?2",
                                    "SELECT source, id, sequence FROM seen_apart WHERE sequence > ?1 AND sequence <= "
                                    "?2"}) {
                Statement row(connection.database(), sql);
                row.bind(1, from).bind(2, to);
                while (row.step())
                    erase_seen(connection, row.number(0), row.bytes(1), row.sequence(2));
            }
            connection("DELETE FROM seen_apart WHERE sequence <= ?1").bind(1, to).run();
            state.seen_from = to;
        });
        from = to;
    }
}

std::uint64_t Retention::delete_events(Sequence bound) {
    std::uint64_t deleted = 0;
    for (std::uint64_t from = file_.oldest.load() - 1; from < bound.value;) {
        const std::uint64_t to = std::min(bound.value, from + kSlice);
        std::uint64_t slice = 0;
        file_.writer->run([&](Connection& connection, JournalState& state) {
            connection(
                "INSERT OR IGNORE INTO seen_apart (sequence, source, at, id) SELECT sequence, source, at, id FROM "
                "events WHERE sequence > max(?1, ?3) AND sequence <= ?2")
                .bind(1, from)
                .bind(2, to)
                .bind(3, state.seen_from)
                .run();
            connection("DELETE FROM events WHERE sequence > ?1 AND sequence <= ?2").bind(1, from).bind(2, to).run();
            slice = static_cast<std::uint64_t>(connection.database().changes());
            state.events -= slice;
        });
        deleted += slice;
        from = to;
        file_.oldest = from + 1;
    }
    const ReaderPool::Lease reader = file_.readers.lend();
    const Sequence head = file_.head();
    const auto first = next_event(*reader, Sequence{file_.oldest.load() - 1}, head);
    file_.oldest = first ? first->first.value : head.value + 1;
    return deleted;
}

}  // namespace foley::core
