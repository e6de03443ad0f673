// StartRule: where a plugin without a position starts.
#pragma once

#include "core/event/number_ranges.hpp"
#include "core/event/types.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace foley::core {

struct StartLatest {};    // the journal's head when the consumer is made
struct StartEarliest {};  // the oldest event that is kept
struct StartAfter {
    Sequence sequence;
};  // the event after this one
struct StartAtTime {
    Timestamp time;
};  // the first event received at or after this
struct StartAtSourceId {
    std::string source, id;
};  // the event with this id, itself included
// Taken over from another daemon, of a source whose ids are rising numbers: every event up to `id` is handled, but for
// the missing ones, whether they are in the journal yet or not. Other sources: as StartLatest.
struct StartHandled {
    std::string source;
    std::uint64_t id = 0;
    NumberRanges missing;
    friend bool operator==(const StartHandled&, const StartHandled&) = default;
};
using StartRule = std::variant<StartLatest, StartEarliest, StartAfter, StartAtTime, StartAtSourceId, StartHandled>;

}  // namespace foley::core
