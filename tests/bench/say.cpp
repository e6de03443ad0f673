#include "bench/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace foley::bench {

namespace {

std::string milliseconds(std::int64_t nanoseconds) {
    return fmt::format("{:.2f} ms", static_cast<double>(nanoseconds) / 1e6);
}

// The value at `part` (0 to 1) of the sorted values.
std::int64_t quantile(std::vector<std::int64_t> values, double part) {
    std::sort(values.begin(), values.end());
    const auto index = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5);
    return values.at(index);
}

// "Rss" and "Pss" in KiB.
std::map<std::string, std::uint64_t> memory_of(int pid) {
    std::ifstream stream("/proc/" + std::to_string(pid) + "/smaps_rollup");
    std::map<std::string, std::uint64_t> result;
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t value = 0;
        if (words >> name >> value && name.ends_with(":")) result[name.substr(0, name.size() - 1)] = value;
    }
    return result;
}

}  // namespace

void say(const std::string& what, const std::string& figure) {
    std::cout << fmt::format("{:<66} {}", what, figure) << std::endl;
}

void say_quantiles(const std::string& what, const std::vector<std::int64_t>& nanoseconds) {
    say(what, fmt::format("median {}, 99 % {}, most {} (n = {})", milliseconds(quantile(nanoseconds, 0.5)),
                          milliseconds(quantile(nanoseconds, 0.99)), milliseconds(quantile(nanoseconds, 1)),
                          nanoseconds.size()));
}

void say_memory(const std::string& what, int pid) {
    const auto memory = memory_of(pid);
    const auto mib = [&](const char* name) {
        const auto found = memory.find(name);
        return static_cast<double>(found == memory.end() ? 0 : found->second) / 1024;
    };
    say(what, fmt::format("{:.1f} MiB resident, {:.1f} MiB its own", mib("Rss"),
                          mib("Private_Clean") + mib("Private_Dirty")));
}

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace foley::bench
