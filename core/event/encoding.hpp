// How an event is stored: the facts beside the payload, in a compact versioned binary form. The page is
// docs/journal.md.
#pragma once

#include "core/event/event.hpp"

#include <string>
#include <string_view>

namespace foley::core {

// The event without sequence, source, id and payload: those have places of their own in every journal engine.
std::string encode_facts(const Event& event);

// Reads what encode_facts wrote into `event`. Throws std::runtime_error with a sentence when the bytes are not that:
// cut short, an unknown version, a length that runs out of the text.
void decode_facts(std::string_view bytes, Event& event);

}  // namespace foley::core
