// How the value of a setting crosses the boundary: JSON, durations in microseconds, sizes in bytes. Internal to the
// SDK.
#pragma once

#include <foley/settings.hpp>

#include <optional>
#include <string>

namespace foley::detail {

// FOLEY_SETTING_… for the type that `value` holds.
int setting_type(const SettingValue& value) noexcept;

// As JSON text.
std::string setting_json(const SettingValue& value);

// Reads `from` into `value`, whose type says what is expected. false: it is something else.
bool read_setting(const json::Value& from, SettingValue& value);

// The value of a number, a duration in microseconds, a size in bytes; nothing for the other types.
std::optional<long double> setting_number(const SettingValue& value) noexcept;

// For sentences: "a duration in microseconds", " microseconds".
const char* setting_expectation(int type) noexcept;
const char* setting_unit(int type) noexcept;

}  // namespace foley::detail
