// Making a journal file, and opening one for a new generation.
#pragma once

#include "core/journal/sqlite/connection.hpp"
#include "core/journal/sqlite/rows.hpp"

#include <filesystem>

namespace foley::core {

// Makes the file when there is none: complete under another name, then renamed, so there is never half a journal. An
// existing one is brought to the present version. Throws JournalError; an empty or foreign file is refused, and so is a
// write-ahead log without its file.
void create_or_upgrade(const std::filesystem::path& file);

// Raises the generation and marks the journal as in use. The state as it was found in `clean`, otherwise as it is now.
JournalState open_generation(Connection& connection);

}  // namespace foley::core
