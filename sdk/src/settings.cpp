#include "setting_json.hpp"

#include <foley/settings.hpp>

#include <algorithm>

namespace foley {

SettingMap::SettingMap(std::string text) : text_(std::move(text)) {
    auto document = std::make_shared<json::Document>(json::parse(text_));
    if (!document->IsObject()) throw Error("a map setting is a JSON object, and this is not: " + text_);
    document_ = std::move(document);
}

namespace detail {
namespace {

[[noreturn]] void misdeclared(const SettingSlot& slot, const std::string& why) {
    throw Error("setting " + slot.name + ": " + why);
}

void check_open(const SettingSlot& slot) {
    if (slot.sealed) misdeclared(slot, "range() and choices() belong where the setting is declared, in FOLEY_PLUGIN.");
}

void check_range(const SettingSlot& slot, const SettingValue& value) {
    const auto number = setting_number(value);
    if (!number) return;
    const auto limit = [](const std::string& text) -> std::optional<long double> {
        if (text.empty()) return {};
        return std::stold(text);
    };
    const auto minimum = limit(slot.minimum);
    const auto maximum = limit(slot.maximum);
    if ((minimum && *number < *minimum) || (maximum && *number > *maximum)) {
        misdeclared(slot, setting_json(value) + " is not between " + slot.minimum + " and " + slot.maximum +
                              setting_unit(slot.type) + ".");
    }
}

void check_choice(const SettingSlot& slot, const SettingValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (!text || slot.choices.empty()) return;
    if (std::find(slot.choices.begin(), slot.choices.end(), *text) != slot.choices.end()) return;
    std::string all;
    for (const auto& choice : slot.choices)
        all += (all.empty() ? "" : ", ") + choice;
    misdeclared(slot, "\"" + *text + "\" is none of its choices: " + all + ".");
}

}  // namespace

void SettingSlot::set_range(const SettingValue& from, const SettingValue& to) {
    check_open(*this);
    const auto low = setting_number(from);
    const auto high = setting_number(to);
    if (!low || !high || !(*low <= *high)) misdeclared(*this, "its range ends before it begins.");
    minimum = setting_json(from);
    maximum = setting_json(to);
    if (!required) check_range(*this, value);
}

void SettingSlot::set_choices(std::vector<std::string> texts) {
    check_open(*this);
    if (texts.empty()) misdeclared(*this, "it has no choices.");
    choices = std::move(texts);
    type = FOLEY_SETTING_CHOICE;
    if (!required) check_choice(*this, value);
}

void SettingSlot::read(const json::Value& configured) {
    if (!configured.IsNull()) {
        SettingValue next = value;
        if (!read_setting(configured, next)) {
            misdeclared(*this, std::string("it should be ") + setting_expectation(type) + ", and is not" +
                                   (type == FOLEY_SETTING_SECRET ? "." : ": " + json::stringify(configured)));
        }
        check_range(*this, next);
        check_choice(*this, next);
        value = std::move(next);
    } else if (required) {
        misdeclared(*this, "it is required and not configured. " + description);
    }
    ready = true;
}

const SettingValue& SettingSlot::checked_value() const {
    if (!ready) {
        throw std::logic_error("setting " + name + ": its value can be read from on_start on, not while registering.");
    }
    return value;
}

std::int64_t SettingSlot::chosen() const {
    const auto& text = std::get<std::string>(checked_value());
    const auto at = std::find(choices.begin(), choices.end(), text);
    if (at == choices.end()) throw std::logic_error("setting " + name + ": \"" + text + "\" is none of its choices.");
    return choice_values[static_cast<std::size_t>(at - choices.begin())];
}

void undeclared_setting() {
    throw std::logic_error(
        "a foley::Setting was used that no registrar.setting(…) was assigned to. Declare it in FOLEY_PLUGIN.");
}

}  // namespace detail
}  // namespace foley
