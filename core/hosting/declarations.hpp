// What a plugin library says of itself when it is loaded: its callbacks with their filters, and its settings. This is
// the content of the `hello` frame, and what `foleyctl check` and `foleyctl settings` print.
#pragma once

#include "core/event/filter.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

enum class CallbackKind : std::uint8_t { event, gap, timer };
enum class OnError : std::uint8_t { disable, skip, retry, hold };

struct CallbackDeclaration {
    std::string name;
    CallbackKind kind = CallbackKind::event;
    Filter filter;                         // of events and gaps
    std::optional<OnError> on_error;       // nothing: as configured for the plugin
    std::chrono::microseconds interval{};  // of timers
};

// Numbers are those of FOLEY_SETTING_… in foley/abi.h.
enum class SettingType : std::uint8_t {
    boolean,
    integer,
    number,
    text,
    duration,
    size,
    path,
    secret,
    list,
    map,
    choice
};

struct SettingDeclaration {
    std::string name;
    SettingType type = SettingType::text;
    bool required = false;
    std::string description;
    std::string default_value;  // JSON text; durations in microseconds, sizes in bytes; empty when required
    std::string minimum, maximum;
    std::vector<std::string> choices;
};

// A sentence when the default or a bound is no JSON: the daemon's answers hold them as they are.
std::optional<std::string> why_not_a_setting(const SettingDeclaration& setting);

struct Hello {
    std::uint32_t abi_major = 0;
    std::uint32_t abi_minor = 0;
    std::string sdk_version;
    std::string compiler;
    std::vector<CallbackDeclaration> callbacks;
    std::vector<SettingDeclaration> settings;
};

std::string_view to_string(CallbackKind kind) noexcept;
std::string_view to_string(OnError policy) noexcept;
std::optional<OnError> on_error_from_string(std::string_view text) noexcept;
std::string_view to_string(SettingType type) noexcept;

}  // namespace foley::core
