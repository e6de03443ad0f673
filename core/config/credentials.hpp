// Credentials by reference: {file: …}, {env: …}, {credential: …} (systemd's LoadCredential).
#pragma once

#include "core/config/yaml_tree.hpp"

#include <foley/secret.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace foley::core {

// What a configuration is read with, apart from its text.
struct ReadingContext {
    // The value of an environment variable.
    std::function<std::optional<std::string>(const std::string& name)> environment;
    // Relative paths count from here: the folder of the configuration file.
    std::filesystem::path folder;
    // Somebody apart from the owner and the group can read the configuration file, so nothing secret may stand in it.
    bool readable_by_others = false;
};

// Reads a secret from a scalar or a reference. A file may lie on a dead mount: not on the engine's thread; `what` names
// it in sentences ("sites.studio.api_key"). Nothing, and a problem, when it cannot be had.
std::optional<Secret> read_secret(const YamlNode& node, const std::string& what, const ReadingContext& context,
                                  Problems& problems);

}  // namespace foley::core
