// ImportedPosition: what a plugin had handled before it came to Foley, told in the ids of one source: every id up to
// `handled`, but for those that were still missing. It judges events as they are read, since they may reach the journal
// long after the plugin did.
//
// A value; stored with the consumer (docs/journal.md). Not thread-safe.
#pragma once

#include "core/event/event.hpp"
#include "core/journal/start_rule.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace foley::core {

struct ImportedPosition {
    std::string source;
    std::uint64_t handled = 0;
    NumberRanges missing;    // below `handled`
    Sequence judged_after;   // events up to here are not judged any more: someone asked for them by hand
    Sequence others_before;  // events of other sources up to here count as handled: they were there before the plugin

    // Whether this event counts as handled.
    bool covers(std::string_view event_source, std::string_view id, Sequence sequence) const noexcept;

    friend bool operator==(const ImportedPosition&, const ImportedPosition&) = default;
};

// `head` is the journal's newest event when the plugin takes its place.
ImportedPosition imported_position(const StartHandled& rule, Sequence head);

}  // namespace foley::core
