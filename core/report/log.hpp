// Log: where every line of the daemon and of its plugins goes. One logger per room, one per plugin, one queue and one
// thread for all of them: who logs never waits for a disk or a terminal.
//
// Owner: main. Threads: any. Throws: the constructor, std::runtime_error when the file cannot be made; later failures
// of a sink are told on stderr, at most once a minute, and the other sinks go on.
#pragma once

#include "core/report/log_options.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace foley::core {

class Log {
public:
    explicit Log(LogOptions options);
    ~Log();  // writes what waits
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    // `room` shows in the line: "engine", "control".
    void write(std::string_view room, LogSeverity severity, std::string_view text);
    // A plugin's line; `event` 0: outside of an event.
    void write_plugin(const std::string& plugin, LogSeverity severity, std::string_view text, std::uint64_t event);
    // A line that a plugin wrote to stdout or stderr.
    void write_output(const std::string& plugin, bool is_stderr, std::string_view line);

    // Lines below this are dropped from now on.
    void set_level(LogSeverity severity);
    LogSeverity level() const noexcept;

    // Lines that were dropped because the queue was full.
    std::uint64_t dropped() const;
    // Returns when all that was written before has reached its sinks.
    void flush();

    // A function for rooms that log through one: (severity as FOLEY_LOG_…, text).
    std::function<void(int, const std::string&)> writer(std::string room);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace foley::core
