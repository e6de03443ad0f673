// SqliteFile: what the parts of one open journal share: the readers, the writer, the names of the sources, where the
// kept events begin. Owner: SqliteJournal, which outlives all that refers to it. Threads: any.
#pragma once

#include "core/journal/sqlite/connection.hpp"
#include "core/journal/sqlite/event_cache.hpp"
#include "core/journal/sqlite/rows.hpp"
#include "core/journal/sqlite/sqlite_journal.hpp"
#include "core/journal/sqlite/writer.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace foley::core {

struct SqliteFile {
    explicit SqliteFile(SqliteJournalOptions given)
        : options(std::move(given)), readers(options.file), cache(options.cache_bytes) {}

    Sequence head() const { return Sequence{newest.load(std::memory_order_acquire)}; }

    const SqliteJournalOptions options;
    ReaderPool readers;
    SourceNames names;
    EventCache cache;
    std::unique_ptr<Writer> writer;
    std::atomic<std::uint64_t> newest{0};  // the newest committed event
    std::atomic<bool> check_due{false};    // after an unclean end, until a check comes to its end
    std::atomic<std::uint64_t> oldest{1};  // the oldest kept one; newest + 1 when there is none
    // Held while events are let go, while a consumer takes a place below the newest event, and while one is renamed or
    // removed. After SqliteJournal's `opening_`.
    std::mutex upkeep;
};

// The place to read on from for a rule. Throws std::invalid_argument for an id that the journal does not know.
struct StartPlace {
    Sequence read_to;
    std::optional<ImportedPosition> imported{};
};
StartPlace resolve_start(SqliteFile& file, const StartRule& rule);
// The last event before a time; the one before the oldest kept when there is none.
Sequence last_before(SqliteFile& file, Timestamp time);
// The sequence of the event of that id; also of one whose duplicates are not looked for any more.
std::optional<Sequence> find_by_id(SqliteFile& file, std::string_view source, std::string_view id);

}  // namespace foley::core
