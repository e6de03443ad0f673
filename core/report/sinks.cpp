#include "core/report/sinks.hpp"

#include "core/report/daily_file_sink.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace foley::core {
namespace {

// Writes for journald: every line of an entry begins with its priority (sd-daemon(3)).
class JournaldSink final : public spdlog::sinks::base_sink<std::mutex> {
protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        const std::string prefix = "<" + std::to_string(priority(message.level)) + ">";
        std::string text = prefix + "[" + std::string(message.logger_name.data(), message.logger_name.size()) + "] ";
        for (const char c : message.payload) {
            text += c;
            if (c == '\n') text += prefix;
        }
        text += '\n';
        if (std::fwrite(text.data(), 1, text.size(), stderr) != text.size()) {
            throw spdlog::spdlog_ex("cannot write to stderr", errno);
        }
    }
    void flush_() override { std::fflush(stderr); }

private:
    static int priority(spdlog::level::level_enum level) {
        switch (level) {
            case spdlog::level::critical:
                return 2;
            case spdlog::level::err:
                return 3;
            case spdlog::level::warn:
                return 4;
            case spdlog::level::info:
                return 6;
            default:
                return 7;
        }
    }
};

class ThresholdSink final : public spdlog::sinks::sink {
public:
    ThresholdSink(std::shared_ptr<spdlog::sinks::sink> target, spdlog::level::level_enum level)
        : target_(std::move(target)) {
        set_level(level);
    }
    void log(const spdlog::details::log_msg& message) override {
        if (should_log(message.level)) target_->log(message);
    }
    void flush() override { target_->flush(); }
    void set_pattern(const std::string& /*pattern*/) override {}  // the target's own stays
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

private:
    std::shared_ptr<spdlog::sinks::sink> target_;
};

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%e%z %-7l [%n] %v";
constexpr const char* kConsolePattern = "%H:%M:%S.%e %^%-7l%$ [%n] %v";

}  // namespace

bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat facts {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &facts) != 0) return false;
    return std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino) == stream;
}

std::shared_ptr<spdlog::sinks::sink> make_console_sink(bool journald) {
    if (journald) return std::make_shared<JournaldSink>();
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    sink->set_pattern(kConsolePattern);
    return sink;
}

std::shared_ptr<spdlog::sinks::sink> make_file_sink(const std::filesystem::path& file, std::uint16_t keep_days) {
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    if (error) throw std::runtime_error("cannot make " + file.parent_path().string() + ": " + error.message());
    try {
        auto sink = std::make_shared<DailyFileSink>(file, keep_days, spdlog::log_clock::now());
        sink->set_pattern(kPattern);
        return sink;
    } catch (const spdlog::spdlog_ex& failure) {
        throw std::runtime_error(std::string("cannot write the log: ") + failure.what());
    }
}

std::shared_ptr<spdlog::sinks::sink> make_threshold_sink(std::shared_ptr<spdlog::sinks::sink> target,
                                                         LogSeverity severity) {
    constexpr std::array kLevels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
    return std::make_shared<ThresholdSink>(std::move(target), kLevels.at(static_cast<std::size_t>(severity)));
}

}  // namespace foley::core
