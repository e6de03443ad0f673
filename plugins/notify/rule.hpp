// Reads a rule from the configuration. Throws: std::invalid_argument, with a sentence.
#pragma once

#include "notify/settings.hpp"

namespace notify {

Rule rule_of(const foley::json::Value& configured);

// Calls `each` for every text in a JSON value, at any depth.
void for_each_text(const foley::json::Value& value, const std::function<void(std::string_view)>& each);

// The names that a text can have beside fields: {event.user}, …
bool is_of_event(std::string_view name);

}  // namespace notify
