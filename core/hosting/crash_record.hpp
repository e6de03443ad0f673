// CrashRecord: what a host's signal handler wrote before the host died.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foley::core {

struct CrashRecord {
    enum class Cause : std::uint32_t { signal = 1, exit_called = 2, memory_limit = 3, stack_asked = 4, terminate = 5 };
    Cause cause = Cause::signal;
    int signal = 0;
    int signal_code = 0;
    std::uint64_t fault_address = 0;
    std::string message;               // of an uncaught exception outside a callback, or of abort
    std::vector<std::uint64_t> stack;  // return addresses, innermost first
    std::string maps;                  // /proc/self/maps at that moment
};

}  // namespace foley::core
