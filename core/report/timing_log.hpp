// TimingLog: a file with a line per event and callback that says how long it took, with the fields of shotgunEvents'
// timing log, so that scripts that read one read the other:
//
//     event_id=101 created_at=… callback=plugin.name start=… end=… duration=DD:HH:MM:SS.uuuuuu error=False
//     delay=DD:HH:MM:SS.uuuuuu source=… event=4711 outcome=done            (one line)
//
// `delay` is from when the site made the event to the start of the callback; a clock that is behind makes it negative,
// with a sign in front. Lines are made and written by a thread of its own, since that reads the event's payload.
//
// Owner: main. Threads: any. Throws: the constructor, std::runtime_error when the file cannot be made; later failures
// are told through `log`, at most once a minute.
#pragma once

#include "core/event/event.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace spdlog::sinks {
class sink;
}

namespace foley::core {

struct TimingOptions {
    std::filesystem::path file;  // "…/timing.log" is written as "…/timing_2026-11-21.log"
    std::uint16_t keep_days = 14;
    std::size_t queue = 8192;                         // lines that wait; beyond them the oldest is dropped and counted
    std::size_t queue_bytes = std::size_t{64} << 20;  // of their payloads together
};

struct Timing {
    std::string plugin, callback;
    std::shared_ptr<const Event> event;
    Timestamp start{};
    std::chrono::microseconds duration{};
    bool failed = false;
    std::string outcome;  // "done", "ignored", "retry_after", …
};

// The line, without a line break.
std::string timing_line(const Timing& timing);

class TimingLog {
public:
    using LogWriter = std::function<void(int level, const std::string& text)>;  // FOLEY_LOG_…

    TimingLog(TimingOptions options, LogWriter log);
    ~TimingLog();  // writes what waits
    TimingLog(const TimingLog&) = delete;
    TimingLog& operator=(const TimingLog&) = delete;

    void write(Timing timing);

private:
    void run();
    void write_lines(const std::deque<Timing>& batch, std::uint64_t dropped);
    void tell(const std::string& why);

    const TimingOptions options_;
    const LogWriter log_;
    const std::shared_ptr<spdlog::sinks::sink> sink_;
    std::optional<std::chrono::steady_clock::time_point> told_;  // of the thread
    std::mutex mutex_;                                           // guards what is below
    std::condition_variable changed_;
    std::deque<Timing> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t dropped_ = 0;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace foley::core
