// GapTimes: from when until when a source's gaps are. A gap's id is made of both times, so `until` lies after `from`
// and after the `until` of every gap before, whatever the clock does: set back, it would otherwise give the same gap
// twice, and the second would count as a duplicate.
//
// Owner: the source. Thread: its.
#pragma once

#include "core/event/types.hpp"

#include <algorithm>
#include <chrono>

namespace foley::core {

class GapTimes {
public:
    struct Span {
        Timestamp from, until;
    };

    // The next gap: away since `from`, and now it is `now`. A `from` in the future counts as now.
    Span next(Timestamp from, Timestamp now) {
        constexpr std::chrono::microseconds kShortest{1};
        last_until_ = std::max({now, from + kShortest, last_until_ + kShortest});
        return {std::min(from, now), last_until_};
    }

private:
    Timestamp last_until_{};
};

}  // namespace foley::core
