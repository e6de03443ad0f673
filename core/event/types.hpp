// The small types that every room speaks: sequence numbers, points in time, and the clock that gives them.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace foley::core {

// An event's number in the journal. 1 is the first; 0 stands for "not in the journal yet" and for "before the first".
// Never given out twice. Stored in the journal and on progress pages.
struct Sequence {
    std::uint64_t value = 0;

    friend constexpr auto operator<=>(Sequence, Sequence) = default;
    constexpr Sequence next() const noexcept { return Sequence{value + 1}; }
};

// Wall-clock time, microseconds since 1970 UTC. Stored as such.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// For measuring durations and for deadlines inside one process.
using SteadyTime = std::chrono::steady_clock::time_point;

// Where the time comes from. Tests put their own behind it. Thread: any.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
    virtual SteadyTime steady() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
public:
    Timestamp now() const override {
        return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace foley::core

template <>
struct std::hash<foley::core::Sequence> {
    std::size_t operator()(foley::core::Sequence sequence) const noexcept {
        return std::hash<std::uint64_t>{}(sequence.value);
    }
};
