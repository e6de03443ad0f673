#include <foley/value.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <unordered_set>

namespace foley {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::string text_of(const json::Value& value) {
    if (value.IsObject()) {
        const auto& name = json::member(value, "name");
        if (name.IsString()) return json::to_text(name);
        const auto& id = json::member(value, "id");
        if (id.IsString() || id.IsNumber()) return json::to_text(id);
    }
    return json::to_text(value);
}

// Collects texts, each once, in the order of their first appearance.
class Unique {
public:
    void add(std::string text) {
        if (text.empty() || !seen_.insert(text).second) return;
        texts_.push_back(std::move(text));
    }
    std::vector<std::string> take() { return std::move(texts_); }

private:
    std::unordered_set<std::string> seen_;
    std::vector<std::string> texts_;
};

}  // namespace

std::string Value::text() const {
    return text_of(json());
}

std::vector<std::string> Value::texts() const {
    const auto& value = json();
    Unique result;
    if (value.IsArray()) {
        for (const auto& each : value.GetArray())
            result.add(text_of(each));
    } else if (value.IsString()) {
        std::string_view rest = json::text_or_empty(value);
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            result.add(std::string(trim(rest.substr(0, comma))));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    } else {
        result.add(text_of(value));
    }
    return result.take();
}

std::optional<double> Value::number() const {
    const auto& value = json();
    if (!value.IsString()) return json::number(value);
    const std::string_view text = trim(json::text_or_empty(value));
    double result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
    if (!std::isfinite(result)) return {};  // from_chars takes "nan" and "inf"
    return result;
}

std::optional<std::int64_t> Value::integer() const {
    const auto& value = json();
    if (!value.IsString()) return json::integer(value);
    const std::string_view text = trim(json::text_or_empty(value));
    std::int64_t result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (!text.empty() && error == std::errc() && end == text.data() + text.size()) return result;
    const auto as_double = number();
    return as_double ? json::integer(json::Value(*as_double)) : std::nullopt;
}

bool Value::is_true() const {
    const auto& value = json();
    if (value.IsBool()) return value.IsTrue();
    if (const auto as_number = number()) return *as_number != 0;
    const std::string_view text = trim(json::text_or_empty(value));
    return text.size() == 4 && std::equal(text.begin(), text.end(), "true", [](char a, char b) {
               return (static_cast<unsigned char>(a) | 0x20U) == static_cast<unsigned char>(b);
           });
}

}  // namespace foley
