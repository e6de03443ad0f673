// Whether foleyd would take a library as it lies there: its owner and its mode, by the rules of the engine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace foley::core {

// A sentence when foleyd would refuse the file, nothing when it would not. With the daemon's configuration it knows
// whom that trusts, and takes the owner of the state directory for foleyd's user; without, it supposes that foleyd runs
// as this process does and trusts nobody else. Throws std::exception with a sentence.
std::optional<std::string> why_untrusted(const std::filesystem::path& library,
                                         const std::optional<std::string>& configuration);

}  // namespace foley::core
