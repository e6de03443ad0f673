// The sinks of the log. Private to this room.
#pragma once

#include "core/report/log_options.hpp"

#include <spdlog/sinks/sink.h>

#include <filesystem>
#include <memory>
#include <string>

namespace foley::core {

// stderr: with a time of our own, coloured on a terminal, or with journald's priorities.
std::shared_ptr<spdlog::sinks::sink> make_console_sink(bool journald);

// "dir/name.log" is written as "dir/name_2026-11-21.log"; the newest `keep_days` files stay. Makes the folder.
// Throws std::runtime_error with a sentence.
std::shared_ptr<spdlog::sinks::sink> make_file_sink(const std::filesystem::path& file, std::uint16_t keep_days);

// Forwards only what is at least this severe.
std::shared_ptr<spdlog::sinks::sink> make_threshold_sink(std::shared_ptr<spdlog::sinks::sink> target,
                                                         LogSeverity severity);

}  // namespace foley::core
