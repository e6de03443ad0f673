// The journal's default engine: one SQLite file in the state directory, with a write-ahead log, beside it a lock file.
// The format page is docs/journal.md.
#pragma once

#include "core/journal/journal.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace foley::core {

struct SqliteJournalOptions {
    std::filesystem::path file;  // in an existing directory on a local file system
    std::chrono::milliseconds commit_interval{50};
    // A consumer with so many events waiting or held reads no new ones until there are fewer: bounds its memory.
    std::size_t most_backlog = 100000;
    // How many events that its plugin does not want one fetch looks at before it returns.
    std::size_t scan_limit = 8192;
    std::size_t cache_bytes = std::size_t{16} << 20;              // of events that plugins are at, in memory; about
    const Clock* clock = nullptr;                                 // outlives the journal; nothing: the machine's
    std::function<void(int level, const std::string& text)> log;  // FOLEY_LOG_…; called on any thread
};

// Opens the journal, or makes one where there is none. Blocking. Throws JournalError: locked, damaged, incompatible,
// full, unavailable. A damaged file is refused and left as it is.
std::unique_ptr<Journal> open_sqlite_journal(SqliteJournalOptions options);

}  // namespace foley::core
