// Who may put code into the daemon: the rules for owners and modes of plugin files and their directories
// (SEMANTICS.md, "Files and rights").
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

struct stat;

namespace foley::core {

// A sentence when a file with this status (from its opened descriptor) may not be loaded; nothing when it may.
// `daemon_user`: whom foleyd runs as; nothing: as this process does.
std::optional<std::string> why_file_untrusted(const struct stat& status, const std::vector<std::string>& trusted_owners,
                                              const std::vector<std::string>& trusted_groups,
                                              std::optional<unsigned> daemon_user = std::nullopt);

// The same for a directory and every directory above it. A directory that all may write is accepted above it only with
// the sticky bit (/tmp). Throws std::system_error when one cannot be examined.
std::optional<std::string> why_directory_untrusted(const std::filesystem::path& directory,
                                                   const std::vector<std::string>& trusted_owners,
                                                   const std::vector<std::string>& trusted_groups);

}  // namespace foley::core
