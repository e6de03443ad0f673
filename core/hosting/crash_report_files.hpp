// Where crash reports lie: <directory>/<id>.json and <id>.txt, the newest of each plugin.
//
// Blocking. Throws std::system_error.
#pragma once

#include "core/hosting/crash_report.hpp"

#include <filesystem>
#include <string>

namespace foley::core {

// A free id for a report of this plugin at this time: "hammertrack-20261121T093000Z-1".
std::string free_report_id(const std::filesystem::path& directory, const std::string& plugin, Timestamp at);

// Both files, then the oldest of the plugin beyond `keep` are removed.
void store_report(const std::filesystem::path& directory, const CrashReport& report, unsigned keep);

}  // namespace foley::core
