// Durations, sizes and points in time as people write them.
#pragma once

#include "core/event/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foley::core {

// "500ms", "5s", "1h 30m", "14d", "1.5h", "0". Units: us, ms, s, m, min, h, d, w, each at most once and from large to
// small. Nothing: not a duration, or more than 1000 years.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
// The shortest of these forms, from large units to small: "1h 30m", "0s".
std::string format_duration(std::chrono::microseconds duration);

// "64 MiB", "512KiB", "1.5 GiB", "200 MB", "4096". B, kB, MB, GB, TB count in thousands, KiB, MiB, GiB, TiB in 1024s.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

// "2026-11-21", "2026-11-21T09:30", "2026-11-21 09:30:00.5Z", "2026-11-21T09:30:00+01:00". Without an offset it is UTC.
std::optional<Timestamp> parse_time(std::string_view text);
// "2026-11-21T09:30:00Z", with milliseconds when there are any.
std::string format_time(Timestamp time);

}  // namespace foley::core
