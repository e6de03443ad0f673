// DailyFileSink: a log file per day, "dir/name_2026-11-21.log", of which the newest stay. A line goes into the file of
// its own time, so the days are those of the messages and no clock is asked.
//
// Not spdlog's own sink: that finds old files only as far back as there is one for every day, so what was written
// before a day without foleyd stayed for ever.
//
// Private to this room. Thread: any. Throws spdlog::spdlog_ex when the file cannot be opened, written, or, at the turn
// of a day, removed.
#pragma once

#include <spdlog/details/file_helper.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace foley::core {

class DailyFileSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    // Opens the file of the day of `now`, in a folder that exists. keep: so many files; 0: all.
    DailyFileSink(std::filesystem::path file, std::uint16_t keep, spdlog::log_clock::time_point now);

private:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override { out_.flush(); }
    void open(spdlog::log_clock::time_point now);
    [[nodiscard]] std::error_code remove_old() const;

    const std::filesystem::path file_;
    const std::uint16_t keep_;
    spdlog::details::file_helper out_;
    spdlog::log_clock::time_point next_day_;
};

}  // namespace foley::core
