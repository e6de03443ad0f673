// The menu of an ftrack enumerator, as it is kept in the attribute's configuration: a JSON text, with the options in it
// as a JSON text again. Pure.
#pragma once

#include "hammertrack/label.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hammertrack {

struct AttributeMenu {
    bool multi_select = false;
    std::vector<std::pair<std::string, std::string>> options;  // value, shown name

    friend bool operator==(const AttributeMenu&, const AttributeMenu&) = default;
};

AttributeMenu attribute_menu(const LabelMenu& menu);

// Nothing: not the configuration of an enumerator.
std::optional<AttributeMenu> parse_attribute_config(std::string_view config);
std::string attribute_config(const AttributeMenu& menu);

// In which way `found` differs from what is wanted, as sentences; none: not at all (order does not count).
std::vector<std::string> differences(const AttributeMenu& found, const AttributeMenu& wanted);

}  // namespace hammertrack
