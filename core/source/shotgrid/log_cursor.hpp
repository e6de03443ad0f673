// LogCursor: how far a ShotGrid source has come, as it is kept in the journal: the newest id that was seen, and which
// below it are missing. Text form: {"version":1,"kind":"shotgrid","site":"https://…","last":4044184,"gaps":…}.
#pragma once

#include "core/source/gap_tracker.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace foley::core::shotgrid {

struct LogCursor {
    std::uint64_t last = 0;  // every id up to it was seen or is in `gaps`
    GapTracker gaps;
    std::string site;  // where it was taken

    std::string text(SteadyTime now) const;

    enum class Parsed {
        good,
        foreign,  // of a source of another kind: it counts as none
        unknown,  // of a newer Foley, or not what this one wrote: nobody may guess
    };
    // Changes nothing unless it is good.
    Parsed parse(std::string_view text, SteadyTime now);
};

}  // namespace foley::core::shotgrid
