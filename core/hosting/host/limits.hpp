// What a host takes upon itself before it loads anything.
#pragma once

#include "core/hosting/protocol.hpp"

namespace foley::core {

// First thing in main: ends with the daemon, never gains rights, and has line-wise output.
void set_up_process();

// Throws std::system_error when a limit cannot be set.
void apply_limits(const ConfigureFrame& limits);

}  // namespace foley::core
