// StartRule: where a plugin without a position starts.
#pragma once

#include "core/event/types.hpp"

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
using StartRule = std::variant<StartLatest, StartEarliest, StartAfter, StartAtTime, StartAtSourceId>;

}  // namespace foley::core
