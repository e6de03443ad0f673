// Signals by name.
#pragma once

#include <string>

namespace foley::core {

// "SIGSEGV"; "signal 77" for one without a name.
std::string signal_name(int signal);

}  // namespace foley::core
