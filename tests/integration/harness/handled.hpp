// Handled: what a recorder or ledger plugin wrote about its calls, read back.
//
// A host writes each line as the last thing of a callback, with its process id. So a host that was killed in a callback
// (before or right after its line) leaves at most one line whose outcome did not count, and that is its last: an event
// may come again only when its first line is the last one of its process. See repeated_wrongly().
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace foley::testing {

struct HandledLine {
    std::string kind;  // event, gap, start, stop, report, broken
    std::uint64_t sequence = 0;
    std::string id;             // of events
    std::uint32_t attempt = 0;  // of events
    std::string build;
    int pid = 0;
    std::string text;  // the whole line
};

class Handled {
public:
    Handled() = default;
    // No file: nothing was handled. A last line without its end is left out.
    explicit Handled(const std::filesystem::path& file);

    const std::vector<HandledLine>& lines() const noexcept { return lines_; }
    std::vector<HandledLine> of_kind(const std::string& kind) const;
    std::vector<HandledLine> events() const { return of_kind("event"); }
    std::size_t count(const std::string& kind) const { return of_kind(kind).size(); }
    // The ids of events, in the order of the calls.
    std::vector<std::string> ids() const;
    bool has(const std::string& id) const;

    // Ids from `first` to `last` (numbers) that no line has.
    std::vector<std::uint64_t> missing(std::uint64_t first, std::uint64_t last) const;
    // Calls beyond the first of the same event and attempt.
    std::size_t repeated() const;
    // Sentences: repetitions whose earlier line was not the last one of its process.
    std::vector<std::string> repeated_wrongly() const;
    // Sentences: first attempts that came in another order than the journal's.
    std::vector<std::string> out_of_order() const;

private:
    std::vector<HandledLine> lines_;
};

}  // namespace foley::testing
