// From what a site sent to the event that the journal keeps. Every source makes its events here, so that all of them
// read the facts the same way and refuse the same texts.
//
// Thread: any. Throws: std::bad_alloc only; what is wrong with a text is an answer.
#pragma once

#include "core/event/event.hpp"

#include <foley/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace foley::core {

// Longer payloads, and those nested deeper than json::kMaxDepth (256), are put aside.
inline constexpr std::size_t kLongestPayload = std::size_t{16} << 20;

struct MadeEvent {
    std::optional<Event> event;  // nothing: refused
    std::string refusal;         // why, a sentence without the text
};

// `payload` is one JSON object. The event's id is the one in the payload, or empty: the caller then has to find one.
// When `parsed` is given it gets the parsed payload.
MadeEvent make_event(const std::string& source, Shape shape, std::string payload, Timestamp received_at,
                     json::Document* parsed = nullptr);

// The same of a text that was made from `parsed`, an object, so it need not be read again.
MadeEvent make_event(const std::string& source, Shape shape, std::string payload, const json::Value& parsed,
                     Timestamp received_at);

// A `foley.gap`: the source was away from `from` until `until`. Appending the same gap twice is harmless.
Event make_gap(const std::string& source, Shape shape, Timestamp from, Timestamp until, std::string_view reason);

}  // namespace foley::core
