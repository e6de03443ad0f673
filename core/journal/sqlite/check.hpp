// The full check of a journal: SQLite's own, then every row's checksum, then what the tables say of each other.
#pragma once

#include "core/journal/sqlite/sqlite_file.hpp"

#include <string>
#include <vector>

namespace foley::core {

// Sentences about what is wrong, at most about a hundred; empty when all is well.
std::vector<std::string> check_journal(SqliteFile& file);

}  // namespace foley::core
