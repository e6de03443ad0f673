// Incident: something that a person should hear of, as a plugin's runner says it. Crashes come as a CrashReport.
#pragma once

#include "core/event/event.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace foley::core {

struct Incident {
    enum class Kind : std::uint8_t {
        disabled,     // no events any more until its file changes or someone enables it
        load_failed,  // its newest file cannot be used; what ran before goes on, if there is something
        dead_letter,  // it gave up on an event
    };
    Kind kind = Kind::disabled;
    std::string plugin{};
    std::string callback{};                // empty: none
    std::shared_ptr<const Event> event{};  // null: none
    std::string reason{};                  // a sentence
};

}  // namespace foley::core
