#include "core/report/log.hpp"

#include "core/report/log_text.hpp"
#include "core/report/sinks.hpp"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

namespace foley::core {
namespace {

using Sink = std::shared_ptr<spdlog::sinks::sink>;
using spdlog::details::log_msg;

constexpr std::array kLevels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

spdlog::level::level_enum to_spdlog(LogSeverity severity) {
    return kLevels.at(static_cast<std::size_t>(severity));
}

LogSeverity to_severity(int level) {
    return static_cast<LogSeverity>(std::clamp(level, 0, static_cast<int>(LogSeverity::error)));
}

// A sink's trouble must not take the others down, nor fill the terminal.
class GuardedSink final : public spdlog::sinks::sink {
public:
    explicit GuardedSink(Sink target) : target_(std::move(target)) {}

    void log(const log_msg& message) override {
        try {
            target_->log(message);
        } catch (const std::exception& error) {
            tell(error.what());
        }
    }
    void flush() override {
        try {
            target_->flush();
        } catch (const std::exception& error) {
            tell(error.what());
        }
    }
    void set_pattern(const std::string& pattern) override { target_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        target_->set_formatter(std::move(formatter));
    }

private:
    // On the queue's thread only, as every function of a sink.
    void tell(const char* why) {
        const auto now = std::chrono::steady_clock::now();
        if (told_ && now - *told_ < std::chrono::minutes(1)) return;
        told_ = now;
        std::fputs(fmt::format("foleyd: the log cannot be written: {}\n", why).c_str(), stderr);
    }

    Sink target_;
    std::optional<std::chrono::steady_clock::time_point> told_;
};

// What all sinks of one log share. The counters belong to the queue's thread.
struct Shared {
    spdlog::details::thread_pool* pool = nullptr;  // outlives its thread, on which the sinks are called
    std::uint64_t told = 0;                        // of the dropped lines
};

// Tells how many lines were dropped before the first that got through again, and flushes when nothing waits.
class FanOutSink final : public spdlog::sinks::sink {
public:
    FanOutSink(std::vector<Sink> targets, std::shared_ptr<Shared> shared)
        : targets_(std::move(targets)), shared_(std::move(shared)) {}

    void log(const log_msg& message) override {
        const std::uint64_t dropped = shared_->pool->overrun_counter();
        if (dropped > shared_->told) {
            const std::string text = fmt::format(
                "{} log lines were dropped: they came faster than they could be written", dropped - shared_->told);
            shared_->told = dropped;
            send(log_msg("log", spdlog::level::warn, text));
        }
        send(message);
        if (shared_->pool->queue_size() == 0) flush();
    }
    void flush() override {
        for (const Sink& target : targets_)
            target->flush();
    }
    void set_pattern(const std::string& /*pattern*/) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

private:
    void send(const log_msg& message) {
        for (const Sink& target : targets_)
            target->log(message);
    }

    std::vector<Sink> targets_;
    std::shared_ptr<Shared> shared_;
};

// A mark that is sent through the queue: when it arrives, all that was written before has been handled.
class FlushMark final : public spdlog::sinks::sink {
public:
    explicit FlushMark(std::function<void()> flush_all) : flush_all_(std::move(flush_all)) {}

    void log(const log_msg& /*message*/) override {}
    void flush() override {
        flush_all_();
        // Told under the lock: who waits may destroy this as soon as it has it.
        const std::lock_guard lock(mutex_);
        ++passed_;
        changed_.notify_all();
    }
    void set_pattern(const std::string& /*pattern*/) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

    std::uint64_t passed() {
        const std::lock_guard lock(mutex_);
        return passed_;
    }
    bool await(std::uint64_t round, std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [&] { return passed_ >= round; });
    }

private:
    std::function<void()> flush_all_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t passed_ = 0;
};

}  // namespace

class Log::Impl {
public:
    explicit Impl(LogOptions options)
        : options_(std::move(options)), pool_(std::make_shared<spdlog::details::thread_pool>(options_.queue, 1U)) {
        shared_->pool = pool_.get();
        if (options_.console) console_ = guarded(make_console_sink(options_.journald));
        if (options_.file) file_ = guarded(make_file_sink(*options_.file, options_.keep_days));
        std::vector<Sink> targets;
        if (console_) targets.push_back(console_);
        if (file_) targets.push_back(file_);
        room_sink_ = fan_out(std::move(targets));
        flusher_ = make_logger("flush", flush_mark_);
        level_ = options_.level;
    }

    // The queue's thread ends first: what it still holds must not end beside it.
    ~Impl() { pool_.reset(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    std::shared_ptr<spdlog::async_logger> room(std::string_view name) {
        const std::lock_guard lock(mutex_);
        auto& logger = rooms_[std::string(name)];
        if (!logger) logger = make_logger(std::string(name), room_sink_);
        return logger;
    }

    std::shared_ptr<spdlog::async_logger> plugin(const std::string& name) {
        const std::lock_guard lock(mutex_);
        auto& logger = plugins_[name];
        if (!logger) logger = make_logger(name, plugin_sink(name));
        return logger;
    }

    void set_level(LogSeverity severity) { level_ = severity; }
    LogSeverity level() const noexcept { return level_; }
    std::uint64_t dropped() const { return pool_->overrun_counter(); }

    void flush() {
        // A full queue can drop the mark, then it is sent again.
        constexpr int kTries = 5;
        for (int i = 0; i < kTries; ++i) {
            const std::uint64_t before = flush_mark_->passed();
            flusher_->flush();
            if (flush_mark_->await(before + 1, std::chrono::seconds(2))) return;
        }
    }

private:
    Sink guarded(Sink sink) {
        sinks_.push_back(std::make_shared<GuardedSink>(std::move(sink)));
        return sinks_.back();
    }

    Sink fan_out(std::vector<Sink> targets) { return std::make_shared<FanOutSink>(std::move(targets), shared_); }

    void flush_all() {
        std::vector<Sink> sinks;
        {
            const std::lock_guard lock(mutex_);
            sinks = sinks_;
        }
        for (const Sink& sink : sinks)
            sink->flush();
    }

    std::shared_ptr<spdlog::async_logger> make_logger(std::string name, Sink sink) {
        auto logger = std::make_shared<spdlog::async_logger>(std::move(name), std::move(sink), pool_,
                                                             spdlog::async_overflow_policy::overrun_oldest);
        logger->set_level(spdlog::level::trace);  // the level is the log's own, so that it can change
        logger->flush_on(spdlog::level::warn);
        return logger;
    }

    // Called under the lock.
    Sink plugin_sink(const std::string& name) {
        if (!options_.per_plugin || !options_.file) return room_sink_;
        std::vector<Sink> targets;
        if (console_) targets.push_back(console_);
        targets.push_back(make_threshold_sink(file_, LogSeverity::warning));
        try {
            const auto file = options_.file->parent_path() / (name + options_.file->extension().string());
            targets.push_back(guarded(make_file_sink(file, options_.keep_days)));
        } catch (const std::runtime_error&) {
            return room_sink_;  // better in the common file than nowhere
        }
        return fan_out(std::move(targets));
    }

    const LogOptions options_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
    std::shared_ptr<FlushMark> flush_mark_ = std::make_shared<FlushMark>([this] { flush_all(); });
    Sink console_, file_, room_sink_;
    std::shared_ptr<spdlog::async_logger> flusher_;
    std::atomic<LogSeverity> level_ = LogSeverity::info;
    std::mutex mutex_;  // guards what is below
    std::vector<Sink> sinks_;
    std::map<std::string, std::shared_ptr<spdlog::async_logger>, std::less<>> rooms_, plugins_;
};

Log::Log(LogOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Log::~Log() {
    impl_->flush();
}

void Log::write(std::string_view room, LogSeverity severity, std::string_view text) {
    if (severity < impl_->level()) return;
    impl_->room(room)->log(to_spdlog(severity), log_text(text));
}

void Log::write_plugin(const std::string& plugin, LogSeverity severity, std::string_view text, std::uint64_t event) {
    if (severity < impl_->level()) return;
    std::string line = log_text(text);
    if (event != 0) line += fmt::format(" event={}", event);
    impl_->plugin(plugin)->log(to_spdlog(severity), line);
}

void Log::write_output(const std::string& plugin, bool is_stderr, std::string_view line) {
    const LogSeverity severity = is_stderr ? LogSeverity::warning : LogSeverity::info;
    if (severity < impl_->level()) return;
    impl_->plugin(plugin)->log(to_spdlog(severity),
                               fmt::format("{}: {}", is_stderr ? "stderr" : "stdout", log_text(line)));
}

void Log::set_level(LogSeverity severity) {
    impl_->set_level(severity);
}

LogSeverity Log::level() const noexcept {
    return impl_->level();
}

std::uint64_t Log::dropped() const {
    return impl_->dropped();
}

void Log::flush() {
    impl_->flush();
}

std::function<void(int, const std::string&)> Log::writer(std::string room) {
    return
        [this, room = std::move(room)](int level, const std::string& text) { write(room, to_severity(level), text); };
}

}  // namespace foley::core
