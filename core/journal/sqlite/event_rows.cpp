// The rows of the tables state, sources and events.
#include "core/event/encoding.hpp"
#include "core/journal/sqlite/rows.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

namespace foley::core {
namespace {

std::int64_t state_sum(const JournalState& state) {
    return Checksum(Checksum::Table::state)
        .add(state.id)
        .add(state.generation)
        .add(std::uint64_t{state.clean ? 1U : 0U})
        .add(state.head)
        .add(state.last_at)
        .add(state.events)
        .add(state.seen_from)
        .value();
}

std::int64_t source_sum(std::uint64_t number, std::string_view name, std::optional<std::string_view> cursor) {
    return Checksum(Checksum::Table::source)
        .add(number)
        .add(name)
        .add(std::uint64_t{cursor ? 1U : 0U})
        .add(cursor.value_or(""))
        .value();
}

std::int64_t event_sum(Sequence sequence, std::uint64_t source, Timestamp at, std::string_view id,
                       std::string_view facts, std::string_view payload) {
    return Checksum(Checksum::Table::event).add(sequence).add(source).add(at).add(id).add(facts).add(payload).value();
}

// Columns: sequence, checksum, source, at, id, facts, payload.
std::shared_ptr<const Event> event_of(Statement& row, const SourceNames& names) {
    const Sequence sequence = row.sequence(0);
    const std::string_view id = row.bytes(4);
    const std::string_view facts = row.bytes(5);
    const std::string_view payload = row.bytes(6);
    if (row.integer(1) != event_sum(sequence, row.number(2), row.time(3), id, facts, payload)) {
        throw row.database().damaged("event " + std::to_string(sequence.value) + " does not match its checksum");
    }
    auto event = std::make_shared<Event>();
    event->sequence = sequence;
    event->source = names.name(row.number(2));
    event->id = id;
    event->payload = payload;
    try {
        decode_facts(facts, *event);
    } catch (const std::runtime_error& error) {
        throw row.database().damaged("event " + std::to_string(sequence.value) + ": " + error.what());
    }
    return event;
}

constexpr const char* kScan =
    "SELECT sequence, checksum, source, at, id, facts, payload FROM events "
    "WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence";
constexpr const char* kFind =
    "SELECT sequence, checksum, source, at, id, facts, payload FROM events WHERE sequence = ?1";
constexpr const char* kNext =
    "SELECT sequence, at FROM events WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT 1";
constexpr const char* kAddSeen = "INSERT OR IGNORE INTO seen (source, id, sequence) VALUES (?1, ?2, ?3)";
constexpr const char* kEraseSeen = "DELETE FROM seen WHERE source = ?1 AND id = ?2 AND sequence = ?3";
constexpr const char* kFindSeen = "SELECT sequence FROM seen WHERE source = ?1 AND id = ?2";
constexpr const char* kInsert =
    "INSERT INTO events (sequence, checksum, source, at, id, facts, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
constexpr const char* kReadState =
    "SELECT id, generation, clean, head, last_at, events, seen_from, checksum FROM state";
constexpr const char* kWriteState =
    "INSERT OR REPLACE INTO state (one, id, generation, clean, head, last_at, events, seen_from, checksum) "
    "VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr const char* kReadSources = "SELECT number, name, cursor, checksum FROM sources";
constexpr const char* kReadCursor = "SELECT number, name, cursor, checksum FROM sources WHERE name = ?1";
constexpr const char* kWriteSource =
    "INSERT OR REPLACE INTO sources (number, name, cursor, checksum) VALUES (?1, ?2, ?3, ?4)";

// Columns as in kReadSources. Gives the cursor.
std::optional<std::string> checked_source(const Statement& row) {
    const std::string_view name = row.bytes(1);
    std::optional<std::string_view> cursor;
    if (!row.null(2)) cursor = row.bytes(2);
    if (row.integer(3) != source_sum(row.number(0), name, cursor)) {
        throw row.database().damaged("the row of source " + std::string(name) + " does not match its checksum");
    }
    return cursor ? std::optional<std::string>(*cursor) : std::nullopt;
}

}  // namespace

JournalState read_state(Connection& connection) {
    Statement& row = connection(kReadState);
    const ResetAtEnd reset(row);
    if (!row.step()) throw connection.database().damaged("the row about the journal itself is missing");
    JournalState state;
    state.id = row.bytes(0);
    state.generation = row.number(1);
    state.clean = row.integer(2) != 0;
    state.head = row.sequence(3);
    state.last_at = row.time(4);
    state.events = row.number(5);
    state.seen_from = row.sequence(6);
    if (row.integer(7) != state_sum(state)) {
        throw connection.database().damaged("the row about the journal itself does not match its checksum");
    }
    return state;
}

void write_state(Connection& connection, const JournalState& state) {
    connection(kWriteState)
        .bind_text(1, state.id)
        .bind(2, state.generation)
        .bind(3, std::uint64_t{state.clean ? 1U : 0U})
        .bind(4, state.head)
        .bind(5, state.last_at)
        .bind(6, state.events)
        .bind(7, state.seen_from)
        .bind(8, state_sum(state))
        .run();
}

void SourceNames::add(std::uint64_t number, std::string name) {
    const std::unique_lock lock(mutex_);
    names_.insert_or_assign(number, std::move(name));
}

std::string SourceNames::name(std::uint64_t number) const {
    const std::shared_lock lock(mutex_);
    const auto found = names_.find(number);
    return found == names_.end() ? std::string() : found->second;
}

std::optional<std::uint64_t> SourceNames::number(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    for (const auto& [number, known] : names_) {
        if (known == name) return number;
    }
    return std::nullopt;
}

std::uint64_t SourceNames::number_for(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    std::uint64_t newest = 0;
    for (const auto& [number, known] : names_) {
        if (known == name) return number;
        newest = std::max(newest, number);
    }
    return newest + 1;
}

void read_sources(Connection& connection, SourceNames& names) {
    Statement& row = connection(kReadSources);
    const ResetAtEnd reset(row);
    while (row.step()) {
        checked_source(row);
        names.add(row.number(0), std::string(row.bytes(1)));
    }
}

std::optional<std::uint64_t> find_source(Connection& connection, std::string_view name) {
    Statement& row = connection(kReadCursor);
    const ResetAtEnd reset(row);
    row.bind_text(1, name);
    if (!row.step()) return std::nullopt;
    return row.number(0);
}

void write_source(Connection& connection, std::uint64_t number, std::string_view name,
                  std::optional<std::string_view> cursor) {
    Statement& row = connection(kWriteSource);
    row.bind(1, number).bind_text(2, name).bind(4, source_sum(number, name, cursor));
    if (cursor) {
        row.bind_blob(3, *cursor);
    } else {
        row.bind_null(3);
    }
    row.run();
}

std::optional<std::string> read_cursor(Connection& connection, std::string_view name) {
    Statement& row = connection(kReadCursor);
    const ResetAtEnd reset(row);
    row.bind_text(1, name);
    return row.step() ? checked_source(row) : std::nullopt;
}

void write_event(Connection& connection, const Event& event, Sequence sequence, std::uint64_t source, Timestamp at) {
    const std::string facts = encode_facts(event);
    connection(kInsert)
        .bind(1, sequence)
        .bind(2, event_sum(sequence, source, at, event.id, facts, event.payload))
        .bind(3, source)
        .bind(4, at)
        .bind_text(5, event.id)
        .bind_blob(6, facts)
        .bind_blob(7, event.payload)
        .run();
}

void scan_events(Connection& connection, const SourceNames& names, Sequence after, Sequence through,
                 const PeekEvent& peek, const TakeEvent& take) {
    Statement& row = connection(kScan);
    const ResetAtEnd reset(row);
    row.bind(1, after).bind(2, through);
    while (row.step() && peek(row.sequence(0), row.time(3)))
        take(event_of(row, names));
}

std::shared_ptr<const Event> read_event(Connection& connection, const SourceNames& names, Sequence sequence) {
    Statement& row = connection(kFind);
    const ResetAtEnd reset(row);
    row.bind(1, sequence);
    return row.step() ? event_of(row, names) : nullptr;
}

Sequence check_events(Connection& connection, const SourceNames& names, Sequence after, std::size_t limit,
                      std::vector<std::string>& problems) {
    Statement& row = connection(kScan);
    const ResetAtEnd reset(row);
    row.bind(1, after).bind(2, std::int64_t{std::numeric_limits<std::int64_t>::max()});
    Sequence last = after;
    for (; limit > 0 && row.step(); --limit) {
        last = row.sequence(0);
        try {
            event_of(row, names);
        } catch (const JournalError& error) {
            problems.emplace_back(error.what());
        }
    }
    return last;
}

std::optional<std::pair<Sequence, Timestamp>> next_event(Connection& connection, Sequence after, Sequence through) {
    Statement& row = connection(kNext);
    const ResetAtEnd reset(row);
    row.bind(1, after).bind(2, through);
    if (!row.step()) return std::nullopt;
    return std::pair(row.sequence(0), row.time(1));
}

bool add_seen(Connection& connection, std::uint64_t source, std::string_view id, Sequence sequence) {
    connection(kAddSeen).bind(1, source).bind_text(2, id).bind(3, sequence).run();
    return connection.database().changes() > 0;
}

void erase_seen(Connection& connection, std::uint64_t source, std::string_view id, Sequence sequence) {
    connection(kEraseSeen).bind(1, source).bind_text(2, id).bind(3, sequence).run();
}

std::optional<Sequence> find_seen(Connection& connection, std::uint64_t source, std::string_view id) {
    Statement& row = connection(kFindSeen);
    const ResetAtEnd reset(row);
    row.bind(1, source).bind_text(2, id);
    if (!row.step()) return std::nullopt;
    return row.sequence(0);
}

}  // namespace foley::core
