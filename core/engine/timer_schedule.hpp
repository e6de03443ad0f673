// TimerSchedule: when each of a plugin's timers is due. A timer is never in flight twice; ticks that were missed
// meanwhile coalesce into one. Pure: knows no clock but the times it is given.
#pragma once

#include "core/event/types.hpp"
#include "core/hosting/declarations.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace foley::core {

class TimerSchedule {
public:
    TimerSchedule() = default;
    // The first tick of each timer is one interval away from `now`.
    TimerSchedule(const std::vector<CallbackDeclaration>& callbacks, SteadyTime now) {
        for (std::uint32_t index = 0; index < callbacks.size(); ++index) {
            if (callbacks[index].kind != CallbackKind::timer) continue;
            timers_.push_back({index, callbacks[index].interval, now + callbacks[index].interval, false});
        }
    }

    // The timer (index of its callback) that is due for the longest time; it counts as in flight until `finished` or
    // `returned`.
    std::optional<std::uint32_t> take_due(SteadyTime now) {
        Timer* due = nullptr;
        for (Timer& timer : timers_) {
            if (!timer.in_flight && timer.next <= now && (due == nullptr || timer.next < due->next)) due = &timer;
        }
        if (due == nullptr) return std::nullopt;
        due->in_flight = true;
        return due->callback;
    }
    // `again`: the callback has more to do and asked for this delay; otherwise the next tick is an interval after the
    // one that was due, and those that were missed are not made up for.
    void finished(std::uint32_t callback, SteadyTime now, std::optional<std::chrono::microseconds> again) {
        if (Timer* timer = find(callback)) {
            timer->in_flight = false;
            if (again) {
                timer->next = now + *again;
            } else {
                timer->next += timer->interval;
                if (timer->next <= now) timer->next = now + timer->interval;
            }
        }
    }
    // Handed back without having run: due as before.
    void returned(std::uint32_t callback) {
        if (Timer* timer = find(callback)) timer->in_flight = false;
    }
    std::optional<SteadyTime> next() const {
        std::optional<SteadyTime> first;
        for (const Timer& timer : timers_) {
            if (!timer.in_flight && (!first || timer.next < *first)) first = timer.next;
        }
        return first;
    }

private:
    struct Timer {
        std::uint32_t callback;
        std::chrono::microseconds interval;
        SteadyTime next;
        bool in_flight;
    };
    Timer* find(std::uint32_t callback) {
        for (Timer& timer : timers_) {
            if (timer.callback == callback) return &timer;
        }
        return nullptr;
    }
    std::vector<Timer> timers_;
};

}  // namespace foley::core
