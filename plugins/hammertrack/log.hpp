// Log: where the parts of hammertrack say what they did. The plugin makes one from its logger.
#pragma once

#include <functional>
#include <string>

namespace hammertrack {

enum class Level { debug, info, warning, error };
using Log = std::function<void(Level, const std::string&)>;

}  // namespace hammertrack
