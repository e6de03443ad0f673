#include "fields/field_text.hpp"

namespace fields {

namespace json = foley::json;

std::optional<std::string> text_of(const json::Value& value) {
    if (value.IsNull()) return std::nullopt;
    if (value.IsBool()) return value.GetBool() ? "yes" : "no";
    if (value.IsObject()) {
        const auto name = json::text_or_empty(value, "name");
        if (!name.empty()) return std::string(name);
        const auto id = json::to_text(json::member(value, "id"));
        return id.empty() ? std::nullopt : std::optional(id);
    }
    if (value.IsArray()) {
        std::string all;
        for (const auto& each : value.GetArray()) {
            if (const auto text = text_of(each)) all += (all.empty() ? "" : ", ") + *text;
        }
        return all.empty() ? std::nullopt : std::optional(all);
    }
    auto text = json::to_text(value);
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace fields
