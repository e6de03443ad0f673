// The state file of shotgunEvents (its eventIdFile): for each directory, for each plugin, the last event that it
// handled and the events below it that it still waits for.
#pragma once

#include "core/event/number_ranges.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace foley::core {

class StateFileError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What it says of one plugin.
struct EventPosition {
    std::optional<std::uint64_t> last;  // nothing: it has handled none
    NumberRanges missing;               // below `last`
    std::string newest_expiry;          // of the missing ones, local time of that machine; empty: none
    friend bool operator==(const EventPosition&, const EventPosition&) = default;
};

struct EventState {
    using Plugins = std::map<std::string, EventPosition>;
    std::map<std::string, Plugins> directories;
    std::optional<std::uint64_t> for_all;  // the old form: one number for every plugin
    std::string form;                      // "pickle of protocol 4", "one number"
};

// Throws StateFileError with a sentence; nothing that stands in the file is executed (see pickle.hpp).
EventState read_event_state(std::string_view bytes);

}  // namespace foley::core
