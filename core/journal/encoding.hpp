// How the books of a consumer are stored: attempt records, standings and imported positions, each in a compact
// versioned binary form, the same for every engine. The page is docs/journal.md.
#pragma once

#include "core/journal/ledger.hpp"

#include <string>
#include <string_view>

namespace foley::core {

std::string encode_record(const AttemptRecord& record);
std::string encode_standing(const Ledger::Standing& standing);
std::string encode_imported(const ImportedPosition& imported);

// All throw std::runtime_error with a sentence when the bytes are not what the other function wrote. Bytes after the
// last known field are a newer Foley's, and skipped.
AttemptRecord decode_record(std::string_view bytes);
Ledger::Standing decode_standing(std::string_view bytes);
ImportedPosition decode_imported(std::string_view bytes);

}  // namespace foley::core
