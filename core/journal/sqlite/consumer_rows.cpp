// The rows of the tables consumers, backlog, dead_letters, store and aside.
#include "core/event/encoding.hpp"
#include "core/journal/encoding.hpp"
#include "core/journal/sqlite/rows.hpp"

namespace foley::core {
namespace {

// Stored: never renumber.
constexpr std::uint64_t kFlagAgain = 1;
constexpr std::uint64_t kFlagOwn = 2;

// An event as the backlog and the dead letters keep it: complete, whatever becomes of the journal's row.
struct Copy {
    std::string_view source, id, facts, payload;
};

Copy copy_of(const Event& event, const std::string& facts) {
    return {event.source, event.id, facts, event.payload};
}

// Four columns from `first` on.
Copy copy_of(const Statement& row, int first) {
    return {row.bytes(first), row.bytes(first + 1), row.bytes(first + 2), row.bytes(first + 3)};
}

void add_copy(Checksum& sum, const Copy& copy) {
    sum.add(copy.source).add(copy.id).add(copy.facts).add(copy.payload);
}

void bind_copy(Statement& row, int first, const Copy& copy) {
    row.bind_text(first, copy.source)
        .bind_text(first + 1, copy.id)
        .bind_blob(first + 2, copy.facts)
        .bind_blob(first + 3, copy.payload);
}

std::shared_ptr<const Event> event_of(const Copy& copy, Sequence sequence) {
    auto event = std::make_shared<Event>();
    event->sequence = sequence;
    event->source = copy.source;
    event->id = copy.id;
    event->payload = copy.payload;
    decode_facts(copy.facts, *event);
    return event;
}

[[noreturn]] void damaged(const Statement& row, const char* table, ConsumerNumber consumer, Sequence sequence,
                          const std::string& what = "it does not match its checksum") {
    throw row.database().damaged("table " + std::string(table) + ", consumer " + std::to_string(consumer) + ", event " +
                                 std::to_string(sequence.value) + ": " + what);
}

std::int64_t consumer_sum(ConsumerNumber number, std::string_view name, std::string_view standing) {
    return Checksum(Checksum::Table::consumer).add(number).add(name).add(standing).value();
}

struct BacklogColumns {
    ConsumerNumber consumer;
    Sequence sequence;
    std::uint64_t state;
    Timestamp not_before;
    std::uint64_t flags;
    std::string_view record;

    std::int64_t sum(const Copy& copy) const {
        Checksum sum(Checksum::Table::backlog);
        sum.add(consumer).add(sequence).add(state).add(not_before).add(flags).add(record);
        add_copy(sum, copy);
        return sum.value();
    }
};

std::int64_t dead_letter_sum(ConsumerNumber consumer, Sequence sequence, Timestamp at, std::string_view reason,
                             std::string_view record, const Copy& copy) {
    Checksum sum(Checksum::Table::dead_letter);
    sum.add(consumer).add(sequence).add(at).add(reason).add(record);
    add_copy(sum, copy);
    return sum.value();
}

std::int64_t value_sum(ConsumerNumber consumer, std::string_view key, std::string_view value) {
    return Checksum(Checksum::Table::store).add(consumer).add(key).add(value).value();
}

std::int64_t aside_sum(const Journal::Aside& aside) {
    return Checksum(Checksum::Table::aside).add(aside.source).add(aside.reason).add(aside.text).add(aside.at).value();
}

constexpr const char* kReadConsumers = "SELECT number, name, standing, checksum FROM consumers ORDER BY name";
constexpr const char* kReadConsumer = "SELECT number, name, standing, checksum FROM consumers WHERE name = ?1";
constexpr const char* kNextConsumer = "SELECT coalesce(max(number), 0) + 1 FROM consumers";
constexpr const char* kEraseConsumer = "DELETE FROM consumers WHERE number = ?1";
constexpr const char* kWriteConsumer =
    "INSERT INTO consumers (number, name, standing, checksum) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (number) DO UPDATE SET name = ?2, standing = ?3, checksum = ?4";
constexpr const char* kReadBacklog =
    "SELECT consumer, sequence, state, not_before, flags, record, source, id, facts, payload, checksum FROM backlog "
    "WHERE consumer = ?1 ORDER BY sequence";
constexpr const char* kReadBacklogOne =
    "SELECT consumer, sequence, state, not_before, flags, record, source, id, facts, payload, checksum FROM backlog "
    "WHERE consumer = ?1 AND sequence = ?2";
constexpr const char* kWriteBacklog =
    "INSERT OR REPLACE INTO backlog (consumer, sequence, state, not_before, flags, record, source, id, facts, payload, "
    "checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr const char* kEraseBacklog = "DELETE FROM backlog WHERE consumer = ?1 AND sequence = ?2";
constexpr const char* kReadDeadLetters =
    "SELECT consumer, sequence, at, reason, record, source, id, facts, payload, checksum FROM dead_letters "
    "WHERE consumer = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3";
constexpr const char* kReadDeadSequences = "SELECT sequence FROM dead_letters WHERE consumer = ?1";
constexpr const char* kWriteDeadLetter =
    "INSERT OR REPLACE INTO dead_letters (consumer, sequence, at, reason, record, source, id, facts, payload, "
    "checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
constexpr const char* kEraseDeadLetter = "DELETE FROM dead_letters WHERE consumer = ?1 AND sequence = ?2";
constexpr const char* kReadValue = "SELECT key, value, checksum FROM store WHERE consumer = ?1 AND key = ?2";
constexpr const char* kReadValuesFrom =
    "SELECT key, value, checksum FROM store WHERE consumer = ?1 AND key >= ?2 ORDER BY key LIMIT ?3";
constexpr const char* kReadValuesAfter =
    "SELECT key, value, checksum FROM store WHERE consumer = ?1 AND key > ?2 ORDER BY key LIMIT ?3";
constexpr const char* kWriteValue =
    "INSERT OR REPLACE INTO store (consumer, key, value, checksum) VALUES (?1, ?2, ?3, ?4)";
constexpr const char* kEraseValue = "DELETE FROM store WHERE consumer = ?1 AND key = ?2";
constexpr const char* kWriteAside =
    "INSERT INTO aside (source, reason, text, at, checksum) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr const char* kReadAside =
    "SELECT number, source, reason, text, at, checksum FROM aside ORDER BY number DESC LIMIT ?1";
constexpr const char* kReadAsideOne = "SELECT number, source, reason, text, at, checksum FROM aside WHERE number = ?1";

// Columns as in kReadBacklog, checked.
BacklogColumns backlog_columns(const Statement& row) {
    const BacklogColumns columns{row.number(0), row.sequence(1), row.number(2),
                                 row.time(3),   row.number(4),   row.bytes(5)};
    if (row.integer(10) != columns.sum(copy_of(row, 6))) damaged(row, "backlog", columns.consumer, columns.sequence);
    return columns;
}

Ledger::Row backlog_row(const Statement& row) {
    const BacklogColumns columns = backlog_columns(row);
    if (columns.state > static_cast<std::uint64_t>(RetryEntry::State::held)) {
        damaged(row, "backlog", columns.consumer, columns.sequence, "its state is none that this Foley knows");
    }
    Ledger::Row result;
    result.state = static_cast<RetryEntry::State>(columns.state);
    result.not_before = columns.not_before;
    result.again = (columns.flags & kFlagAgain) != 0;
    result.own = (columns.flags & kFlagOwn) != 0;
    try {
        result.record = decode_record(columns.record);
        result.event = event_of(copy_of(row, 6), columns.sequence);
    } catch (const std::runtime_error& error) {
        damaged(row, "backlog", columns.consumer, columns.sequence, error.what());
    }
    return result;
}

// Columns as in kReadDeadLetters.
DeadLetter dead_letter_row(const Statement& row) {
    const Copy copy = copy_of(row, 5);
    if (row.integer(9) !=
        dead_letter_sum(row.number(0), row.sequence(1), row.time(2), row.bytes(3), row.bytes(4), copy)) {
        damaged(row, "dead_letters", row.number(0), row.sequence(1));
    }
    try {
        return {event_of(copy, row.sequence(1)), std::string(row.bytes(3)), row.time(2), decode_record(row.bytes(4))};
    } catch (const std::runtime_error& error) {
        damaged(row, "dead_letters", row.number(0), row.sequence(1), error.what());
    }
}

std::pair<std::string, std::string> value_row(const Statement& row, ConsumerNumber consumer) {
    const std::string_view key = row.bytes(0);
    const std::string_view value = row.bytes(1);
    if (row.integer(2) != value_sum(consumer, key, value)) {
        throw row.database().damaged("table store, consumer " + std::to_string(consumer) + ", key '" +
                                     std::string(key) + "': it does not match its checksum");
    }
    return {std::string(key), std::string(value)};
}

// Calls `use` with the copy: of the event, or the one stored in the backlog.
template <typename Use>
void with_copy(Connection& connection, ConsumerNumber consumer, Sequence sequence, const Event* event, Use use) {
    if (event != nullptr) {
        const std::string facts = encode_facts(*event);
        use(copy_of(*event, facts));
        return;
    }
    Statement& stored = connection(kReadBacklogOne);
    const ResetAtEnd reset(stored);
    stored.bind(1, consumer).bind(2, sequence);
    if (!stored.step()) damaged(stored, "backlog", consumer, sequence, "the row is missing");
    backlog_columns(stored);
    // Taken out of the row, which the writing that follows replaces.
    const Copy copy = copy_of(stored, 6);
    const std::string source(copy.source), id(copy.id), facts(copy.facts), payload(copy.payload);
    stored.reset();
    use(Copy{source, id, facts, payload});
}

ConsumerRow consumer_row(const Statement& row) {
    ConsumerRow result;
    result.number = row.number(0);
    result.name = row.bytes(1);
    const auto damaged = [&](const std::string& what) {
        result.damage = row.database().damaged("the row of consumer " + result.name + what).what();
    };
    if (row.integer(3) != consumer_sum(result.number, result.name, row.bytes(2))) {
        damaged(" does not match its checksum");
        return result;
    }
    try {
        result.standing = decode_standing(row.bytes(2));
    } catch (const std::runtime_error& error) {
        damaged(std::string(": ") + error.what());
    }
    return result;
}

Journal::Aside aside_row(const Statement& row) {
    Journal::Aside aside{row.number(0), std::string(row.bytes(1)), std::string(row.bytes(2)), std::string(row.bytes(3)),
                         row.time(4)};
    if (row.integer(5) != aside_sum(aside)) {
        throw row.database().damaged("table aside, row " + std::to_string(aside.number) +
                                     ": it does not match its checksum");
    }
    return aside;
}

}  // namespace

std::vector<ConsumerRow> read_consumers(Connection& connection) {
    Statement& row = connection(kReadConsumers);
    const ResetAtEnd reset(row);
    std::vector<ConsumerRow> consumers;
    while (row.step())
        consumers.push_back(consumer_row(row));
    return consumers;
}

std::vector<std::string> read_consumer_names(Connection& connection) {
    Statement& row = connection(kReadConsumers);
    const ResetAtEnd reset(row);
    std::vector<std::string> names;
    while (row.step())
        names.emplace_back(row.bytes(1));
    return names;
}

std::optional<ConsumerRow> read_consumer(Connection& connection, std::string_view name) {
    Statement& row = connection(kReadConsumer);
    const ResetAtEnd reset(row);
    row.bind_text(1, name);
    if (!row.step()) return std::nullopt;
    return consumer_row(row);
}

ConsumerNumber next_consumer_number(Connection& connection) {
    Statement& row = connection(kNextConsumer);
    const ResetAtEnd reset(row);
    return row.step() ? row.number(0) : 1;
}

void erase_consumer(Connection& connection, ConsumerNumber number) {
    connection(kEraseConsumer).bind(1, number).run();
}

void write_consumer(Connection& connection, ConsumerNumber number, std::string_view name,
                    const Ledger::Standing& standing) {
    const std::string bytes = encode_standing(standing);
    connection(kWriteConsumer)
        .bind(1, number)
        .bind_text(2, name)
        .bind_blob(3, bytes)
        .bind(4, consumer_sum(number, name, bytes))
        .run();
}

void scan_backlog(Connection& connection, ConsumerNumber consumer, const std::function<void(const Ledger::Row&)>& take,
                  const TakeDamage& damaged) {
    Statement& row = connection(kReadBacklog);
    const ResetAtEnd reset(row);
    row.bind(1, consumer);
    while (row.step()) {
        std::optional<Ledger::Row> entry;
        try {
            entry = backlog_row(row);
        } catch (const JournalError& error) {
            if (!damaged) throw;
            damaged(row.sequence(1), error);
        }
        if (entry) take(*entry);
    }
}

std::optional<Ledger::Row> read_backlog(Connection& connection, ConsumerNumber consumer, Sequence sequence) {
    Statement& row = connection(kReadBacklogOne);
    const ResetAtEnd reset(row);
    row.bind(1, consumer).bind(2, sequence);
    if (!row.step()) return std::nullopt;
    return backlog_row(row);
}

void write_backlog(Connection& connection, ConsumerNumber consumer, Sequence sequence, const Ledger::Row& row) {
    const std::string record = encode_record(row.record);
    const BacklogColumns columns{consumer,
                                 sequence,
                                 static_cast<std::uint64_t>(row.state),
                                 row.not_before,
                                 (row.again ? kFlagAgain : 0) | (row.own ? kFlagOwn : 0),
                                 record};
    with_copy(connection, consumer, sequence, row.event.get(), [&](const Copy& copy) {
        Statement& insert = connection(kWriteBacklog);
        insert.bind(1, consumer).bind(2, sequence).bind(3, columns.state).bind(4, columns.not_before);
        insert.bind(5, columns.flags).bind_blob(6, record).bind(11, columns.sum(copy));
        bind_copy(insert, 7, copy);
        insert.run();
    });
}

void erase_backlog(Connection& connection, ConsumerNumber consumer, Sequence sequence) {
    connection(kEraseBacklog).bind(1, consumer).bind(2, sequence).run();
}

std::vector<DeadLetter> read_dead_letters(Connection& connection, ConsumerNumber consumer, Sequence after,
                                          std::size_t limit) {
    Statement& row = connection(kReadDeadLetters);
    const ResetAtEnd reset(row);
    row.bind(1, consumer).bind(2, after).bind(3, std::uint64_t{limit});
    std::vector<DeadLetter> letters;
    while (row.step())
        letters.push_back(dead_letter_row(row));
    return letters;
}

SequenceRanges read_dead_letter_sequences(Connection& connection, ConsumerNumber consumer) {
    Statement& row = connection(kReadDeadSequences);
    const ResetAtEnd reset(row);
    row.bind(1, consumer);
    SequenceRanges sequences;
    while (row.step())
        sequences.insert(row.sequence(0));
    return sequences;
}

void write_dead_letter(Connection& connection, ConsumerNumber consumer, Sequence sequence, const Ledger::DeadRow& row) {
    const std::string record = encode_record(row.record);
    with_copy(connection, consumer, sequence, row.event.get(), [&](const Copy& copy) {
        Statement& insert = connection(kWriteDeadLetter);
        insert.bind(1, consumer).bind(2, sequence).bind(3, row.at).bind_text(4, row.reason).bind_blob(5, record);
        insert.bind(10, dead_letter_sum(consumer, sequence, row.at, row.reason, record, copy));
        bind_copy(insert, 6, copy);
        insert.run();
    });
}

void erase_dead_letter(Connection& connection, ConsumerNumber consumer, Sequence sequence) {
    connection(kEraseDeadLetter).bind(1, consumer).bind(2, sequence).run();
}

std::optional<std::string> read_value(Connection& connection, ConsumerNumber consumer, std::string_view key) {
    Statement& row = connection(kReadValue);
    const ResetAtEnd reset(row);
    row.bind(1, consumer).bind_blob(2, key);
    if (!row.step()) return std::nullopt;
    return value_row(row, consumer).second;
}

std::vector<std::pair<std::string, std::string>> read_values(Connection& connection, ConsumerNumber consumer,
                                                             std::string_view from, bool including, std::size_t limit) {
    Statement& row = connection(including ? kReadValuesFrom : kReadValuesAfter);
    const ResetAtEnd reset(row);
    row.bind(1, consumer).bind_blob(2, from).bind(3, std::uint64_t{limit});
    std::vector<std::pair<std::string, std::string>> values;
    while (row.step())
        values.push_back(value_row(row, consumer));
    return values;
}

void write_value(Connection& connection, ConsumerNumber consumer, std::string_view key, std::string_view value) {
    connection(kWriteValue)
        .bind(1, consumer)
        .bind_blob(2, key)
        .bind_blob(3, value)
        .bind(4, value_sum(consumer, key, value))
        .run();
}

void erase_value(Connection& connection, ConsumerNumber consumer, std::string_view key) {
    connection(kEraseValue).bind(1, consumer).bind_blob(2, key).run();
}

void write_aside(Connection& connection, const Journal::Aside& aside) {
    connection(kWriteAside)
        .bind_text(1, aside.source)
        .bind_text(2, aside.reason)
        .bind_blob(3, aside.text)
        .bind(4, aside.at)
        .bind(5, aside_sum(aside))
        .run();
}

std::vector<Journal::Aside> read_aside(Connection& connection, std::size_t limit) {
    Statement& row = connection(kReadAside);
    const ResetAtEnd reset(row);
    row.bind(1, std::uint64_t{limit});
    std::vector<Journal::Aside> result;
    while (row.step())
        result.push_back(aside_row(row));
    return result;
}

std::optional<Journal::Aside> read_aside_one(Connection& connection, std::uint64_t number) {
    Statement& row = connection(kReadAsideOne);
    const ResetAtEnd reset(row);
    row.bind(1, number);
    if (!row.step()) return std::nullopt;
    return aside_row(row);
}

}  // namespace foley::core
