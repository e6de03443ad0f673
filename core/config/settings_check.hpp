// Checks what the configuration says below plugins.NAME.settings against what the plugin declares, once it is loaded.
#pragma once

#include "core/config/configuration.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace foley::core {

// What a plugin declares of one setting; as SettingDeclaration of the hosting room, which this room does not know.
struct SettingRule {
    enum class Type : std::uint8_t { boolean, integer, number, text, duration, size, path, secret, list, map, choice };

    std::string name;
    Type type = Type::text;
    bool required = false;
    std::string minimum, maximum;      // JSON numbers, or empty; of durations in microseconds, of sizes in bytes
    std::vector<std::string> choices;  // of a choice
};

struct SettingsResult {
    std::string json;               // every configured setting: durations in microseconds, sizes in bytes
    std::string shown;              // the same for people: secrets are ***
    std::vector<Problem> problems;  // in the order of their places; empty: the JSON is good
};

SettingsResult check_settings(const Configuration& configuration, const std::string& plugin,
                              std::span<const SettingRule> rules);

}  // namespace foley::core
