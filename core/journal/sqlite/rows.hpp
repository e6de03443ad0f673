// The rows of a journal file: each is written with its checksum and checked when it is read; a mismatch is
// JournalError::damaged and names the row. One group of functions per table.
//
// Thread: that of the connection.
#pragma once

#include "core/journal/journal.hpp"
#include "core/journal/ledger.hpp"
#include "core/journal/sqlite/checksum.hpp"
#include "core/journal/sqlite/connection.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foley::core {

// ── state: the one row about the journal itself ──────────────────────────────────────────────────────────────────────

struct JournalState {
    std::string id;
    std::uint64_t generation = 0;
    bool clean = true;
    Sequence head;
    Timestamp last_at{};  // of the newest event; never falls
    std::uint64_t events = 0;
    Sequence seen_from;  // duplicates are known for the events after this one
};
JournalState read_state(Connection& connection);
void write_state(Connection& connection, const JournalState& state);

// ── sources: their numbers and cursors ───────────────────────────────────────────────────────────────────────────────

// The names behind the numbers; only ever grows. Threads: any.
class SourceNames {
public:
    void add(std::uint64_t number, std::string name);
    std::string name(std::uint64_t number) const;  // empty: unknown
    std::optional<std::uint64_t> number(std::string_view name) const;
    // The number that it has or is to have.
    std::uint64_t number_for(std::string_view name) const;

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::uint64_t, std::string> names_;
};
void read_sources(Connection& connection, SourceNames& names);
// Its number in the file; nothing: it has no row yet.
std::optional<std::uint64_t> find_source(Connection& connection, std::string_view name);
void write_source(Connection& connection, std::uint64_t number, std::string_view name,
                  std::optional<std::string_view> cursor);
std::optional<std::string> read_cursor(Connection& connection, std::string_view name);

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void write_event(Connection& connection, const Event& event, Sequence sequence, std::uint64_t source, Timestamp at);

// Reads events after `after` up to `through`, ascending. `peek` sees number and time first and ends the reading with
// false; `take` gets the event.
using PeekEvent = std::function<bool(Sequence sequence, Timestamp at)>;
using TakeEvent = std::function<void(std::shared_ptr<const Event> event)>;
void scan_events(Connection& connection, const SourceNames& names, Sequence after, Sequence through,
                 const PeekEvent& peek, const TakeEvent& take);
std::shared_ptr<const Event> read_event(Connection& connection, const SourceNames& names, Sequence sequence);

// Checks up to `limit` rows after `after`, says what is wrong, and gives the last one it looked at; `after`: no more.
Sequence check_events(Connection& connection, const SourceNames& names, Sequence after, std::size_t limit,
                      std::vector<std::string>& problems);
// Number and time of the first one after `after` up to `through`, without its contents and unchecked.
std::optional<std::pair<Sequence, Timestamp>> next_event(Connection& connection, Sequence after, Sequence through);

// ── ids that are seen, for as long as duplicates are looked for ──────────────────────────────────────────────────────

// False: it was there already.
bool add_seen(Connection& connection, std::uint64_t source, std::string_view id, Sequence sequence);
void erase_seen(Connection& connection, std::uint64_t source, std::string_view id, Sequence sequence);
std::optional<Sequence> find_seen(Connection& connection, std::uint64_t source, std::string_view id);

// ── consumers and what each has ──────────────────────────────────────────────────────────────────────────────────────

using ConsumerNumber = std::uint64_t;

struct ConsumerRow {
    ConsumerNumber number = 0;
    std::string name;
    Ledger::Standing standing;
    std::string damage;  // sentence: the row cannot be trusted, `standing` is empty
};
std::vector<ConsumerRow> read_consumers(Connection& connection);
std::vector<std::string> read_consumer_names(Connection& connection);
std::optional<ConsumerRow> read_consumer(Connection& connection, std::string_view name);
ConsumerNumber next_consumer_number(Connection& connection);
// With all that it has.
void erase_consumer(Connection& connection, ConsumerNumber number);
void write_consumer(Connection& connection, ConsumerNumber number, std::string_view name,
                    const Ledger::Standing& standing);

std::optional<ImportedPosition> read_imported(Connection& connection, ConsumerNumber consumer);
void write_imported(Connection& connection, ConsumerNumber consumer, const ImportedPosition& imported);

// The backlog, by sequence; `event` is filled in. All of it, or the one of a sequence. A row that does not match its
// checksum goes to `damaged` with its key; where there is none it is thrown.
using TakeDamage = std::function<void(Sequence sequence, const JournalError& error)>;
void scan_backlog(Connection& connection, ConsumerNumber consumer, const std::function<void(const Ledger::Row&)>& take,
                  const TakeDamage& damaged = {});
std::optional<Ledger::Row> read_backlog(Connection& connection, ConsumerNumber consumer, Sequence sequence);
// Without an event the stored copy stays.
void write_backlog(Connection& connection, ConsumerNumber consumer, Sequence sequence, const Ledger::Row& row);
void erase_backlog(Connection& connection, ConsumerNumber consumer, Sequence sequence);

std::vector<DeadLetter> read_dead_letters(Connection& connection, ConsumerNumber consumer, Sequence after,
                                          std::size_t limit);
SequenceRanges read_dead_letter_sequences(Connection& connection, ConsumerNumber consumer);
// Without an event it is taken from the backlog's stored copy.
void write_dead_letter(Connection& connection, ConsumerNumber consumer, Sequence sequence, const Ledger::DeadRow& row);
void erase_dead_letter(Connection& connection, ConsumerNumber consumer, Sequence sequence);

std::optional<std::string> read_value(Connection& connection, ConsumerNumber consumer, std::string_view key);
std::vector<std::pair<std::string, std::string>> read_values(Connection& connection, ConsumerNumber consumer,
                                                             std::string_view from, bool including, std::size_t limit);
void write_value(Connection& connection, ConsumerNumber consumer, std::string_view key, std::string_view value);
void erase_value(Connection& connection, ConsumerNumber consumer, std::string_view key);

// ── events set aside ─────────────────────────────────────────────────────────────────────────────────────────────────

void write_aside(Connection& connection, const Journal::Aside& aside);
std::vector<Journal::Aside> read_aside(Connection& connection, std::size_t limit);
std::optional<Journal::Aside> read_aside_one(Connection& connection, std::uint64_t number);

}  // namespace foley::core
