#include "registration.hpp"
#include "setting_json.hpp"

#include <foley/registrar.hpp>

namespace foley {
namespace detail {

std::string unqualified(std::string_view pretty) {
    constexpr std::string_view kMark = "Function = ";
    const auto mark = pretty.find(kMark);
    if (mark == std::string_view::npos) return {};
    std::string_view name = pretty.substr(mark + kMark.size());
    name = name.substr(0, name.find_first_of(";]"));
    if (const auto colons = name.rfind("::"); colons != std::string_view::npos) name.remove_prefix(colons + 2);
    if (name.starts_with('&')) name.remove_prefix(1);
    const auto is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    // A lambda has no name that a person could read.
    for (const char c : name) {
        if (!is_part(c)) return {};
    }
    return std::string(name);
}

}  // namespace detail

const Logger& Registrar::log() const noexcept {
    return registration_.log();
}

void Registrar::add_event(Filter filter, detail::EventFunction function, CallbackOptions options) {
    registration_.add_event(std::move(filter), std::move(function), std::move(options));
}

void Registrar::add_gap(Patterns source, detail::GapFunction function, CallbackOptions options) {
    registration_.add_gap(std::move(source), std::move(function), std::move(options));
}

void Registrar::add_timer(Duration interval, detail::ContextFunction function, CallbackOptions options) {
    registration_.add_timer(interval, std::move(function), std::move(options));
}

void Registrar::set_start(detail::ContextFunction function) {
    registration_.set_start(std::move(function));
}

void Registrar::set_stop(std::function<void(Context&)> function) {
    registration_.set_stop(std::move(function));
}

std::shared_ptr<detail::SettingSlot> Registrar::add_setting(std::string name, detail::SettingValue value,
                                                            std::string description, bool required) {
    detail::SettingSlot slot;
    slot.name = std::move(name);
    slot.description = std::move(description);
    slot.type = detail::setting_type(value);
    slot.required = required;
    slot.value = std::move(value);
    return registration_.add_setting(std::move(slot));
}

std::shared_ptr<detail::SettingSlot> Registrar::add_choice(std::string name, std::int64_t value,
                                                           std::vector<std::pair<std::string, std::int64_t>> choices,
                                                           std::string description) {
    detail::SettingSlot slot;
    slot.name = std::move(name);
    slot.description = std::move(description);
    std::vector<std::string> texts;
    std::string chosen;
    for (auto& [text, number] : choices) {
        if (number == value && chosen.empty()) chosen = text;
        slot.choice_values.push_back(number);
        texts.push_back(std::move(text));
    }
    slot.value = std::move(chosen);
    slot.set_choices(std::move(texts));
    return registration_.add_setting(std::move(slot));
}

}  // namespace foley
