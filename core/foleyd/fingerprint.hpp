// Short texts that differ when a part of the configuration does. They are digests: nothing can be read from them.
#pragma once

#include "core/config/configuration.hpp"

#include <string>

namespace foley::core {

// Of all that a plugin gets: its options, its settings, the sites.
std::string fingerprint(const PluginConfig& plugin, const Configuration& configuration);
// Of the sources and the sites that they follow.
std::string sources_fingerprint(const Configuration& configuration);

}  // namespace foley::core
