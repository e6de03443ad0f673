#include "setting_json.hpp"

#include <array>
#include <charconv>

namespace foley::detail {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
// clang before 17 does not make this one by itself.
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string number_text(double number) {
    std::array<char, 64> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return error == std::errc() ? std::string(buffer.data(), end) : "0";
}

std::string list_text(const std::vector<std::string>& texts) {
    std::string result = "[";
    for (const auto& text : texts)
        result += (result.size() > 1 ? "," : "") + json::quote(text);
    return result + "]";
}

std::optional<std::vector<std::string>> read_list(const json::Value& from) {
    if (!from.IsArray()) return {};
    std::vector<std::string> texts;
    for (const auto& each : from.GetArray()) {
        if (!each.IsString()) return {};
        texts.emplace_back(json::text_or_empty(each));
    }
    return texts;
}

struct Reader {
    const json::Value& from;

    bool operator()(bool& value) const {
        if (!from.IsBool()) return false;
        value = from.GetBool();
        return true;
    }
    bool operator()(std::int64_t& value) const {
        const auto number = json::integer(from);
        if (number) value = *number;
        return number.has_value();
    }
    bool operator()(double& value) const {
        const auto number = json::number(from);
        if (number) value = *number;
        return number.has_value();
    }
    bool operator()(std::string& value) const {
        if (from.IsString()) value = json::text_or_empty(from);
        return from.IsString();
    }
    bool operator()(Duration& value) const {
        const auto number = json::integer(from);
        if (number) value = Duration{*number};
        return number.has_value();
    }
    bool operator()(ByteSize& value) const {
        if (!from.IsUint64()) return false;
        value = {from.GetUint64()};
        return true;
    }
    bool operator()(std::filesystem::path& value) const {
        if (from.IsString()) value = std::string(json::text_or_empty(from));
        return from.IsString();
    }
    bool operator()(Secret& value) const {
        if (from.IsString()) value = Secret(std::string(json::text_or_empty(from)));
        return from.IsString();
    }
    bool operator()(std::vector<std::string>& value) const {
        auto texts = read_list(from);
        if (texts) value = std::move(*texts);
        return texts.has_value();
    }
    bool operator()(SettingMap& value) const {
        if (!from.IsObject()) return false;
        value = SettingMap(json::stringify(from));
        return true;
    }
};

}  // namespace

int setting_type(const SettingValue& value) noexcept {
    // In the order of SettingValue's alternatives.
    constexpr std::array<int, std::variant_size_v<SettingValue>> kTypes{
        FOLEY_SETTING_BOOLEAN, FOLEY_SETTING_INTEGER, FOLEY_SETTING_NUMBER, FOLEY_SETTING_TEXT, FOLEY_SETTING_DURATION,
        FOLEY_SETTING_SIZE,    FOLEY_SETTING_PATH,    FOLEY_SETTING_SECRET, FOLEY_SETTING_LIST, FOLEY_SETTING_MAP};
    return kTypes[value.index()];
}

std::string setting_json(const SettingValue& value) {
    return std::visit(Overloaded{
                          [](bool v) { return std::string(v ? "true" : "false"); },
                          [](std::int64_t v) { return std::to_string(v); },
                          [](double v) { return number_text(v); },
                          [](const std::string& v) { return json::quote(v); },
                          [](Duration v) { return std::to_string(v.count()); },
                          [](ByteSize v) { return std::to_string(v.bytes); },
                          [](const std::filesystem::path& v) { return json::quote(v.string()); },
                          [](const Secret& v) { return json::quote(v.reveal()); },
                          [](const std::vector<std::string>& v) { return list_text(v); },
                          [](const SettingMap& v) { return v.text(); },
                      },
                      value);
}

bool read_setting(const json::Value& from, SettingValue& value) {
    return std::visit(Reader{from}, value);
}

std::optional<long double> setting_number(const SettingValue& value) noexcept {
    if (const auto* v = std::get_if<std::int64_t>(&value)) return static_cast<long double>(*v);
    if (const auto* v = std::get_if<double>(&value)) return static_cast<long double>(*v);
    if (const auto* v = std::get_if<Duration>(&value)) return static_cast<long double>(v->count());
    if (const auto* v = std::get_if<ByteSize>(&value)) return static_cast<long double>(v->bytes);
    return {};
}

const char* setting_expectation(int type) noexcept {
    switch (type) {
        case FOLEY_SETTING_BOOLEAN:
            return "true or false";
        case FOLEY_SETTING_INTEGER:
            return "a whole number";
        case FOLEY_SETTING_NUMBER:
            return "a number";
        case FOLEY_SETTING_DURATION:
            return "a duration in microseconds";
        case FOLEY_SETTING_SIZE:
            return "a size in bytes";
        case FOLEY_SETTING_LIST:
            return "a list of texts";
        case FOLEY_SETTING_MAP:
            return "a mapping";
        default:
            return "a text";
    }
}

const char* setting_unit(int type) noexcept {
    if (type == FOLEY_SETTING_DURATION) return " microseconds";
    if (type == FOLEY_SETTING_SIZE) return " bytes";
    return "";
}

}  // namespace foley::detail
