#include "core/hosting/declarations.hpp"

#include "core/hosting/json_check.hpp"

#include <array>

namespace foley::core {

std::optional<std::string> why_not_a_setting(const SettingDeclaration& setting) {
    const auto broken = [](const std::string& json) { return !json.empty() && !is_json(json); };
    const char* member = broken(setting.default_value) ? "default_value"
                         : broken(setting.minimum)     ? "minimum"
                         : broken(setting.maximum)     ? "maximum"
                                                       : nullptr;
    if (member == nullptr) return std::nullopt;
    return "the setting " + setting.name + ": " + member + " is not JSON";
}

std::string_view to_string(CallbackKind kind) noexcept {
    switch (kind) {
        case CallbackKind::event:
            return "event";
        case CallbackKind::gap:
            return "gap";
        case CallbackKind::timer:
            return "timer";
    }
    return "event";
}

std::string_view to_string(OnError policy) noexcept {
    switch (policy) {
        case OnError::disable:
            return "disable";
        case OnError::skip:
            return "skip";
        case OnError::retry:
            return "retry";
        case OnError::hold:
            return "hold";
    }
    return "disable";
}

std::optional<OnError> on_error_from_string(std::string_view text) noexcept {
    for (const OnError policy : {OnError::disable, OnError::skip, OnError::retry, OnError::hold}) {
        if (text == to_string(policy)) return policy;
    }
    return std::nullopt;
}

std::string_view to_string(SettingType type) noexcept {
    constexpr std::array<std::string_view, 11> kNames{"boolean", "integer", "number", "text", "duration", "size",
                                                      "path",    "secret",  "list",   "map",  "choice"};
    return kNames.at(static_cast<std::size_t>(type));
}

}  // namespace foley::core
