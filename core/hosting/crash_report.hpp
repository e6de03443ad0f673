// CrashReport: the whole story of a crash for people, made from the record that the host's signal handler left, by a
// helper process that knows the symbols, and kept as a file.
#pragma once

#include "core/event/types.hpp"
#include "core/hosting/crash_record.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

struct CrashReport {
    std::string id;  // "hammertrack-20261121T093000Z-1"; the file's stem
    std::string plugin;
    Timestamp at{};
    std::string summary;  // one line: "hammertrack: SIGSEGV at 0x8 in on_location, event 4711"
    std::string callback;
    Sequence sequence;
    std::string event_source, event_id, event_type;
    std::string library;                // the private copy that was loaded
    std::string what;                   // HostExit::why
    std::vector<std::string> log_tail;  // the plugin's last log lines
    std::vector<std::string> stack;     // "#0 on_location(…) at hammertrack.cpp:41 (hammertrack.so+0x1234)"
};

// Symbolises `record` with the helper program, off the engine's thread, then writes `report` as text and as JSON into
// `directory` (the newest `keep` of a plugin stay) and calls `done` on `io` with the finished report. When the helper
// fails or takes over ten seconds the stack has addresses and modules only.
void write_crash_report(boost::asio::io_context& io, const std::filesystem::path& symbolizer,
                        const std::filesystem::path& directory, CrashReport report, std::optional<CrashRecord> record,
                        std::function<void(const CrashReport&)> done, unsigned keep = 20);

// For people: what `foleyctl plugins NAME` and mails show.
std::string to_text(const CrashReport& report);
std::string to_json(const CrashReport& report);
// The newest reports of a plugin in `directory`, newest first. Blocking. Unreadable files are skipped.
std::vector<CrashReport> read_crash_reports(const std::filesystem::path& directory, const std::string& plugin,
                                            std::size_t limit);

}  // namespace foley::core
