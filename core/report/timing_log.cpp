#include "core/report/timing_log.hpp"

#include "core/report/sinks.hpp"

#include <foley/json.hpp>
#include <foley/shape.hpp>

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include <time.h>

namespace foley::core {
namespace {

using std::chrono::microseconds;

constexpr int kError = 3;  // FOLEY_LOG_ERROR

static_assert(static_cast<int>(Shape::ayon) == static_cast<int>(foley::Shape::ayon));

// When the site made the event; when it was received, if the site does not say.
Timestamp created_at(const Event& event) {
    if (event.kind != EventKind::site) return event.received_at;
    try {
        const json::Document payload = json::parse(event.payload);
        return read_facts(static_cast<foley::Shape>(event.shape), payload).created_at.value_or(event.received_at);
    } catch (const std::exception&) {
        return event.received_at;
    }
}

// As Python's isoformat() writes a time of UTC.
std::string iso(Timestamp time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const time_t count = seconds.time_since_epoch().count();
    struct tm parts {};
    ::gmtime_r(&count, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (time - seconds).count());
}

// DD:HH:MM:SS.uuuuuu
std::string days(microseconds duration) {
    const bool negative = duration.count() < 0;
    const auto value = static_cast<std::uint64_t>(negative ? -duration.count() : duration.count());
    constexpr std::uint64_t kSecond = 1'000'000;
    const std::uint64_t seconds = value / kSecond;
    return fmt::format("{}{:02}:{:02}:{:02}:{:02}.{:06}", negative ? "-" : "", seconds / 86400, seconds / 3600 % 24,
                       seconds / 60 % 60, seconds % 60, value % kSecond);
}

// A value is one word, whatever a site or a plugin put into it.
std::string word(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte != 0x7f) {
            result += c;
        } else {
            result += fmt::format("\\x{:02x}", byte);
        }
    }
    return result;
}

std::size_t weight(const Timing& timing) {
    return timing.event->payload.size();
}

}  // namespace

std::string timing_line(const Timing& timing) {
    const Event& event = *timing.event;
    const Timestamp created = created_at(event);
    return fmt::format(
        "event_id={} created_at={} callback={} start={} end={} duration={} error={} delay={} source={} event={} "
        "outcome={}",
        word(event.id), iso(created), word(timing.plugin + "." + timing.callback), iso(timing.start),
        iso(timing.start + timing.duration), days(timing.duration), timing.failed ? "True" : "False",
        days(timing.start - created), word(event.source), event.sequence.value, timing.outcome);
}

TimingLog::TimingLog(TimingOptions options, LogWriter log)
    : options_(std::move(options)),
      log_(std::move(log)),
      sink_(make_file_sink(options_.file, options_.keep_days)),
      thread_([this] { run(); }) {}

TimingLog::~TimingLog() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void TimingLog::write(Timing timing) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        was_empty = waiting_.empty();
        waiting_bytes_ += weight(timing);
        waiting_.push_back(std::move(timing));
        while (waiting_.size() > options_.queue || (waiting_bytes_ > options_.queue_bytes && waiting_.size() > 1)) {
            waiting_bytes_ -= weight(waiting_.front());
            waiting_.pop_front();
            ++dropped_;
        }
    }
    if (was_empty) changed_.notify_one();
}

void TimingLog::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const std::deque<Timing> batch = std::exchange(waiting_, {});
        const std::uint64_t dropped = std::exchange(dropped_, 0);
        waiting_bytes_ = 0;
        lock.unlock();
        write_lines(batch, dropped);
        lock.lock();
    }
}

void TimingLog::write_lines(const std::deque<Timing>& batch, std::uint64_t dropped) {
    const auto put = [this](spdlog::level::level_enum level, const std::string& line) {
        sink_->log(spdlog::details::log_msg("timing", level, line));
    };
    try {
        if (dropped > 0) {
            put(spdlog::level::warn,
                fmt::format("{} lines were dropped: they came faster than they could be written", dropped));
        }
        for (const Timing& timing : batch)
            put(spdlog::level::info, timing_line(timing));
        sink_->flush();
    } catch (const std::exception& error) {
        tell(error.what());
    }
}

void TimingLog::tell(const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    if (told_ && now - *told_ < std::chrono::minutes(1)) return;
    told_ = now;
    log_(kError, "the timing log cannot be written: " + why);
}

}  // namespace foley::core
