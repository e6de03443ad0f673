// The text that goes to foley-symbolizer and what is made of a stack without it.
#pragma once

#include "core/hosting/crash_record.hpp"

#include <string>
#include <vector>

namespace foley::core {

// What foley-symbolizer reads: "exact" or "return" for the first address, an address in hex per line, an empty line,
// and the maps. A return address lies behind its call.
std::string symbolizer_input(const CrashRecord& record);

// Addresses and modules only: "#0 0x7f31a0001234 (hammertrack.so+0x1234)".
std::vector<std::string> plain_stack(const CrashRecord& record);

// Numbers the frames, and leaves out those at the top that are the host's own reporting.
std::vector<std::string> numbered_stack(std::vector<std::string> frames);

}  // namespace foley::core
