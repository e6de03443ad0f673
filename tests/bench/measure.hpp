// Clocks, quantiles, and what /proc says of a process.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace foley::bench {

std::int64_t now_ns();  // of the steady clock
double seconds_since(std::int64_t begin_ns);

// The value at `part` (0 to 1) of them in order; at least one.
double quantile(std::vector<std::int64_t> values, double part);
inline double ms(double nanoseconds) {
    return nanoseconds / 1e6;
}

struct Memory {
    double resident_mib = 0;      // counts what is shared in full
    double proportional_mib = 0;  // what is shared counts in parts
};
Memory memory_of(int pid);

struct Effort {
    double cpu_seconds = 0;
    std::uint64_t wake_ups = 0;  // of all threads: how often one gave up the processor to wait
};
Effort effort_of(int pid);

}  // namespace foley::bench
