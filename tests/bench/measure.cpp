#include "bench/measure.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace foley::bench {
namespace {

// "Name:  value unit" of a file in /proc.
std::map<std::string, std::uint64_t> values_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
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

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

double seconds_since(std::int64_t begin_ns) {
    return static_cast<double>(now_ns() - begin_ns) / 1e9;
}

double quantile(std::vector<std::int64_t> values, double part) {
    if (values.empty()) throw std::runtime_error("nothing was measured");
    std::sort(values.begin(), values.end());
    const auto index = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5);
    return static_cast<double>(values.at(index));
}

Memory memory_of(int pid) {
    auto values = values_of("/proc/" + std::to_string(pid) + "/smaps_rollup");
    return {static_cast<double>(values["Rss"]) / 1024, static_cast<double>(values["Pss"]) / 1024};
}

Effort effort_of(int pid) {
    const std::string process = "/proc/" + std::to_string(pid);
    std::ifstream stream(process + "/stat");
    std::string stat;
    std::getline(stream, stat);
    std::istringstream words(stat.substr(stat.rfind(')') + 1));  // a name may hold blanks
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        words >> skipped;
    double user = 0, system = 0;
    words >> user >> system;
    Effort effort{(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK)), 0};
    for (const auto& thread : std::filesystem::directory_iterator(process + "/task"))
        effort.wake_ups += values_of(thread.path() / "status")["voluntary_ctxt_switches"];
    return effort;
}

}  // namespace foley::bench
