// Which events an account caused: what `own_events: skip` leaves out.
#pragma once

#include "core/event/event.hpp"

#include <string_view>

namespace foley::core {

// Is this what a ShotGrid site calls the script: its name, mostly with its version after it ("daemon 1.0")?
bool names_script(std::string_view shown, std::string_view script) noexcept;

// Did the account (a login or a script's name, as a site connection has it) cause the event, in its own name or, on a
// ShotGrid site, in that of a person?
bool caused_by(const Event& event, std::string_view account) noexcept;

}  // namespace foley::core
