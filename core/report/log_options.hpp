// What the log needs to know; main fills it from the configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace foley::core {

// The numbers are those of FOLEY_LOG_… in foley/abi.h.
enum class LogSeverity : std::uint8_t { debug = 0, info = 1, warning = 2, error = 3 };

struct LogOptions {
    LogSeverity level = LogSeverity::info;      // lines below it are dropped
    bool console = true;                        // to stderr, coloured when that is a terminal
    bool journald = false;                      // stderr is the journal's: priorities as "<4>" and no time of our own
    std::optional<std::filesystem::path> file;  // "…/foleyd.log" is written as "…/foleyd_2026-11-21.log"
    std::uint16_t keep_days = 14;
    bool per_plugin = false;   // a file for each plugin beside the file, which then gets only its warnings and errors
    std::size_t queue = 4096;  // lines that wait to be written; when it is full the oldest is dropped and counted
};

// Whether stderr is connected to journald: $JOURNAL_STREAM names the very stream.
bool stderr_is_journal();

}  // namespace foley::core
