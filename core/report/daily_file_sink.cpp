#include "core/report/daily_file_sink.hpp"

#include <spdlog/common.h>
#include <spdlog/details/os.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace foley::core {
namespace {

namespace fs = std::filesystem;
using TimePoint = spdlog::log_clock::time_point;

constexpr std::string_view kPattern = "_YYYY-MM-DD";

std::string dated(const fs::path& file, const std::tm& day) {
    std::string date(kPattern.size() + 1, '\0');
    date.resize(std::strftime(date.data(), date.size(), "_%Y-%m-%d", &day));
    return file.stem().string() + date + file.extension().string();
}

// Whether `name` is what dated() makes of `file` on some day.
bool is_dated(const std::string& name, const fs::path& file) {
    const std::string stem = file.stem().string(), extension = file.extension().string();
    if (name.size() != stem.size() + kPattern.size() + extension.size()) return false;
    if (!name.starts_with(stem) || !name.ends_with(extension)) return false;
    const std::string_view date = std::string_view(name).substr(stem.size(), kPattern.size());
    return std::equal(date.begin(), date.end(), kPattern.begin(), [](char c, char pattern) {
        return pattern == '_' || pattern == '-' ? c == pattern : c >= '0' && c <= '9';
    });
}

TimePoint next_midnight(std::tm day) {
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    ++day.tm_mday;
    day.tm_isdst = -1;  // a day of 23 or 25 hours is one too
    return spdlog::log_clock::from_time_t(std::mktime(&day));
}

}  // namespace

DailyFileSink::DailyFileSink(fs::path file, std::uint16_t keep, TimePoint now) : file_(std::move(file)), keep_(keep) {
    open(now);
    static_cast<void>(
        remove_old());  // what cannot be removed is told at the turn of the day, and is no reason not to start
}

void DailyFileSink::sink_it_(const spdlog::details::log_msg& message) {
    const bool new_day = message.time >= next_day_;
    if (new_day) open(message.time);
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    out_.write(formatted);
    if (!new_day) return;
    if (const std::error_code error = remove_old()) {
        spdlog::throw_spdlog_ex("cannot remove old log files beside " + file_.string(), error.value());
    }
}

void DailyFileSink::open(TimePoint now) {
    const std::tm day = spdlog::details::os::localtime(spdlog::log_clock::to_time_t(now));
    out_.open((file_.parent_path() / dated(file_, day)).string());
    next_day_ = next_midnight(day);
}

std::error_code DailyFileSink::remove_old() const {
    if (keep_ == 0) return {};
    const fs::path folder = file_.has_parent_path() ? file_.parent_path() : fs::path(".");
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (std::string name = it->path().filename().string(); is_dated(name, file_)) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    for (std::size_t index = 0; !error && index + keep_ < names.size(); ++index)
        fs::remove(folder / names[index], error);
    return error;
}

}  // namespace foley::core
