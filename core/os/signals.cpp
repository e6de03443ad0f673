#include "core/os/signals.hpp"

#include <string.h>

namespace foley::core {

std::string signal_name(int signal) {
    const char* name = ::sigabbrev_np(signal);
    if (name != nullptr) return std::string("SIG") + name;
    return "signal " + std::to_string(signal);
}

}  // namespace foley::core
