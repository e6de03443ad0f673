#include "core/hosting/stack_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string_view>

namespace foley::core {
namespace {

struct Mapping {
    std::uint64_t end = 0;
    std::uint64_t base = 0;  // where the module's first mapping begins
    std::string module;
};

std::uint64_t hex(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

// By begin. A line is "begin-end perms offset dev inode   path".
std::map<std::uint64_t, Mapping> parse_maps(std::string_view maps) {
    std::map<std::uint64_t, Mapping> mappings;
    std::map<std::string, std::uint64_t> bases;
    while (!maps.empty()) {
        const std::size_t end = std::min(maps.find('\n'), maps.size());
        const std::string_view line = maps.substr(0, end);
        maps.remove_prefix(std::min(end + 1, maps.size()));
        const std::size_t dash = line.find('-');
        const std::size_t path = line.find('/');
        if (dash == std::string_view::npos || path == std::string_view::npos) continue;
        const std::uint64_t begin = hex(line.substr(0, dash));
        const std::string file(line.substr(path));
        const std::uint64_t base = bases.emplace(file, begin).first->second;
        mappings[begin] = {hex(line.substr(dash + 1)), base, file.substr(file.rfind('/') + 1)};
    }
    return mappings;
}

}  // namespace

std::string symbolizer_input(const CrashRecord& record) {
    // Of a signal the first address is where it struck; elsewhere all are where calls return to.
    const bool exact =
        record.cause != CrashRecord::Cause::exit_called && record.cause != CrashRecord::Cause::memory_limit;
    std::string input = exact ? "exact\n" : "return\n";
    for (const std::uint64_t address : record.stack)
        input += fmt::format("{:x}\n", address);
    return input + "\n" + record.maps;
}

std::vector<std::string> plain_stack(const CrashRecord& record) {
    const auto mappings = parse_maps(record.maps);
    std::vector<std::string> frames;
    for (const std::uint64_t address : record.stack) {
        auto found = mappings.upper_bound(address);
        const bool inside = found != mappings.begin() && address < (--found)->second.end;
        frames.push_back(
            inside ? fmt::format("{:#x} ({}+{:#x})", address, found->second.module, address - found->second.base)
                   : fmt::format("{:#x}", address));
    }
    return numbered_stack(std::move(frames));
}

std::vector<std::string> numbered_stack(std::vector<std::string> frames) {
    const auto of_host = [](const std::string& frame) { return frame.find("(foley-host+") != std::string::npos; };
    const auto first = std::find_if_not(frames.begin(), frames.end(), of_host);
    if (first != frames.end()) frames.erase(frames.begin(), first);
    for (std::size_t i = 0; i < frames.size(); ++i)
        frames[i] = fmt::format("#{} {}", i, frames[i]);
    return frames;
}

}  // namespace foley::core
