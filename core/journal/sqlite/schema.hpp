// The tables of a journal file, and how an older file becomes a newer one. The page is docs/journal.md.
#pragma once

#include "core/journal/sqlite/database.hpp"

#include <cstdint>
#include <span>

namespace foley::core {

inline constexpr std::int64_t kJournalApplicationId = 0x464f4c59;  // "FOLY": in the file's header, never changes

// One step: brings a file from version `index` to `index + 1`. Runs inside the transaction that also raises the
// version; throws to refuse.
using Migration = void (*)(Database&);

// All that this Foley knows. Their number is the version that it writes.
std::span<const Migration> journal_migrations() noexcept;

// Brings the file to the version of the last migration, each step in a transaction of its own. Throws
// JournalError::incompatible for a file of a newer Foley, or of another program.
void migrate(Database& database, std::span<const Migration> migrations);

}  // namespace foley::core
