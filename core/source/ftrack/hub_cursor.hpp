// HubCursor: what an ftrack source keeps in the journal beside its events: until when everything that the hub sent is
// in the journal. Text form: {"version":1,"heard":<microseconds>,"event":"…","session":"…"}.
#pragma once

#include "core/event/types.hpp"

#include <foley/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace foley::core::ftrack {

struct HubCursor {
    Timestamp heard{};
    std::string event;    // id of the last one
    std::string session;  // of the hub, for people

    std::string text() const {
        return R"({"version":1,"heard":)" + std::to_string(heard.time_since_epoch().count()) + R"(,"event":)" +
               json::quote(event) + R"(,"session":)" + json::quote(session) + "}";
    }

    // Nothing for a text that is no cursor of this source: it then counts as a first start.
    static std::optional<HubCursor> parse(std::string_view text) {
        try {
            const auto document = json::parse(text);
            const auto heard = json::integer(json::member(document, "heard"));
            if (!heard) return std::nullopt;
            return HubCursor{Timestamp(std::chrono::microseconds(*heard)),
                             std::string(json::text_or_empty(document, "event")),
                             std::string(json::text_or_empty(document, "session"))};
        } catch (const json::ParseError&) {
            return std::nullopt;
        }
    }
};

}  // namespace foley::core::ftrack
