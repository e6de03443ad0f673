#include "copy_fields/timecode.hpp"

#include "copy_fields/operand.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <stdexcept>

namespace copy_fields {
namespace {

constexpr double kMostFps = 1000;
constexpr std::int64_t kMostHours = 100;  // two digits

// How many frames a second of timecode counts.
std::int64_t base_of(double fps) {
    if (!(fps > 0.5) || fps > kMostFps)
        throw std::domain_error(fmt::format("{} is no number of frames per second.", fps));
    return std::llround(fps);
}

// How many numbers a minute leaves out.
std::int64_t dropped(std::int64_t base) {
    if (base % 30 != 0)
        throw std::domain_error(
            fmt::format("there is no drop frame at {} frames per second, only at 30, 60 and so on "
                        "(29.97, 59.94).",
                        base));
    return base / 15;
}

[[noreturn]] void refuse(std::string_view timecode) {
    throw std::domain_error(fmt::format("\"{}\" is no timecode. It has the form 01:00:00:00.", shortened(timecode)));
}

std::int64_t digits(std::string_view timecode, std::size_t at) {
    const auto digit = [&](std::size_t i) -> std::int64_t {
        if (timecode[i] < '0' || timecode[i] > '9') refuse(timecode);
        return timecode[i] - '0';
    };
    return digit(at) * 10 + digit(at + 1);
}

}  // namespace

std::string timecode_of(std::int64_t frames, double fps, Counting counting) {
    const auto base = base_of(fps);
    if (frames < 0) throw std::domain_error(fmt::format("{} frames are before 00:00:00:00.", frames));
    if (frames >= kMostHours * 3600 * base)
        throw std::domain_error(fmt::format("{} frames are more than 99 hours.", frames));
    if (counting == Counting::drop) {
        const auto drop = dropped(base);
        const auto minute = base * 60 - drop;
        const auto ten_minutes = base * 600 - drop * 9;
        const auto rest = frames % ten_minutes;
        frames += drop * 9 * (frames / ten_minutes) + (rest >= drop ? drop * ((rest - drop) / minute) : 0);
        if (frames >= kMostHours * 3600 * base) throw std::domain_error("these frames are more than 99 hours.");
    }
    const auto seconds = frames / base;
    return fmt::format("{:02}:{:02}:{:02}{}{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                       counting == Counting::drop ? ';' : ':', frames % base);
}

std::int64_t frames_of(std::string_view timecode, double fps) {
    const auto base = base_of(fps);
    constexpr std::size_t kLength = 11;
    constexpr std::array<std::size_t, 3> kSeparators{2, 5, 8};
    if (timecode.size() != kLength) refuse(timecode);
    for (const auto at : kSeparators) {
        if (timecode[at] != ':' && timecode[at] != ';' && timecode[at] != '.') refuse(timecode);
    }
    const auto hours = digits(timecode, 0), minutes = digits(timecode, 3), seconds = digits(timecode, 6);
    const auto frames = digits(timecode, 9);
    if (minutes > 59 || seconds > 59) refuse(timecode);
    if (frames >= base)
        throw std::domain_error(
            fmt::format("\"{}\" has a frame {}, and {} frames per second have none.", timecode, frames, base));
    const auto all_minutes = hours * 60 + minutes;
    const auto counted = (all_minutes * 60 + seconds) * base + frames;
    if (timecode[8] == ':') return counted;
    const auto drop = dropped(base);
    if (seconds == 0 && frames < drop && minutes % 10 != 0)
        throw std::domain_error(fmt::format("\"{}\" does not exist: drop frame leaves it out.", timecode));
    return counted - drop * (all_minutes - all_minutes / 10);
}

}  // namespace copy_fields
