// Notice: something that went wrong and that a person should hear of, and what a mail says about it.
#pragma once

#include "core/event/types.hpp"

#include <cstdint>
#include <string>

namespace foley::core {

enum class NoticeKind : std::uint8_t {
    disabled,     // a plugin gets no events any more
    crash,        // its process died
    reload,       // its newest file cannot be used
    dead_letter,  // it gave up on an event
    source,       // a source was refused, or the journal takes nothing
    log,          // a plugin wrote an error to its log
};

struct Notice {
    NoticeKind kind = NoticeKind::log;
    std::string name;      // the plugin's, or the source's
    std::string callback;  // empty: none
    std::string event;     // "4711 (Shotgun_Task_Change 4044184 of studio)"; empty: none
    std::string what;      // a sentence: what happened
    std::string details;   // further lines: a stack
    Timestamp at{};
};

// Two notices with the same key are the same trouble: kind, plugin, callback and sentence agree, but for numbers and
// identifiers in the sentence.
std::string group_key(const Notice& notice);

// "hammertrack is disabled"
std::string title(const Notice& notice);
// What the person can do about it: one or two sentences.
std::string advice(const Notice& notice);

// "2026-11-21T09:30:00Z"
std::string utc_time(Timestamp time);

}  // namespace foley::core
