#include "core/journal/sqlite/schema.hpp"

#include <array>
#include <string>

namespace foley::core {
namespace {

// `events` is written and read in the order of its key, and holds what the site sent. `at` is the time of receipt, made
// never to fall, so that an event by time is found by halving. `seen` finds an event by its source's id for as long as
// duplicates are looked for; `seen_apart` remembers the keys of those whose event is pruned already.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE state (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    id          TEXT    NOT NULL,
    generation  INTEGER NOT NULL,
    clean       INTEGER NOT NULL,
    head        INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    seen_from   INTEGER NOT NULL,
    checksum    INTEGER NOT NULL
);
CREATE TABLE sources (
    number      INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    cursor      BLOB,
    checksum    INTEGER NOT NULL
);
CREATE TABLE events (
    sequence    INTEGER PRIMARY KEY,
    checksum    INTEGER NOT NULL,
    source      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    facts       BLOB    NOT NULL,
    payload     BLOB    NOT NULL
);
CREATE TABLE seen (
    source      INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE TABLE seen_apart (
    sequence    INTEGER PRIMARY KEY,
    source      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    id          TEXT    NOT NULL
);
CREATE TABLE aside (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    text        BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    checksum    INTEGER NOT NULL
);
CREATE TABLE consumers (
    number      INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    standing    BLOB    NOT NULL,
    checksum    INTEGER NOT NULL
);
CREATE TABLE backlog (
    consumer    INTEGER NOT NULL REFERENCES consumers ON DELETE CASCADE,
    sequence    INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    flags       INTEGER NOT NULL,
    record      BLOB    NOT NULL,
    source      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    facts       BLOB    NOT NULL,
    payload     BLOB    NOT NULL,
    checksum    INTEGER NOT NULL,
    PRIMARY KEY (consumer, sequence)
);
CREATE TABLE dead_letters (
    consumer    INTEGER NOT NULL REFERENCES consumers ON DELETE CASCADE,
    sequence    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    record      BLOB    NOT NULL,
    source      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    facts       BLOB    NOT NULL,
    payload     BLOB    NOT NULL,
    checksum    INTEGER NOT NULL,
    PRIMARY KEY (consumer, sequence)
);
CREATE TABLE store (
    consumer    INTEGER NOT NULL REFERENCES consumers ON DELETE CASCADE,
    key         BLOB    NOT NULL,
    value       BLOB    NOT NULL,
    checksum    INTEGER NOT NULL,
    PRIMARY KEY (consumer, key)
) WITHOUT ROWID;
)sql";

void make_version_1(Database& database) {
    database.run(kVersion1);
}

// What consumers had handled before they came to Foley.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE imported (
    consumer    INTEGER PRIMARY KEY REFERENCES consumers ON DELETE CASCADE,
    position    BLOB    NOT NULL,
    checksum    INTEGER NOT NULL
);
)sql";

void make_version_2(Database& database) {
    database.run(kVersion2);
}

constexpr std::array<Migration, 2> kMigrations{make_version_1, make_version_2};

}  // namespace

std::span<const Migration> journal_migrations() noexcept {
    return kMigrations;
}

void migrate(Database& database, std::span<const Migration> migrations) {
    const std::string file = database.file().string();
    const std::int64_t application = database.number("PRAGMA application_id");
    if (application != kJournalApplicationId) {
        throw JournalError(JournalError::Kind::incompatible,
                           file +
                               " is a database of another program, not a journal of Foley. Name another state "
                               "directory, or move the file away.");
    }
    const auto newest = static_cast<std::int64_t>(migrations.size());
    const std::int64_t version = database.number("PRAGMA user_version");
    if (version > newest || version < 0) {
        throw JournalError(JournalError::Kind::incompatible,
                           "The journal " + file + " is of version " + std::to_string(version) +
                               ", written by a newer Foley; this one reads up to version " + std::to_string(newest) +
                               ". Run the newer Foley.");
    }
    for (std::int64_t step = version; step < newest; ++step) {
        Transaction transaction(database);
        migrations[static_cast<std::size_t>(step)](database);
        database.run(("PRAGMA user_version = " + std::to_string(step + 1)).c_str());
        transaction.commit();
    }
}

}  // namespace foley::core
