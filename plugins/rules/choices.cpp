#include "rules/choices.hpp"

#include <fmt/format.h>

namespace rules {

namespace json = foley::json;

std::string Choices::fault_of(const std::string& type, std::string_view field, std::string_view value) {
    auto found = types_.find(type);
    if (found == types_.end()) found = types_.emplace(type, shotgrid_.schema_field_read(type)).first;
    const auto& known = json::find(found->second, field, "properties", "valid_values", "value");
    if (!known.IsArray() || known.Empty()) return {};  // any
    std::string shown;
    for (const auto& each : known.GetArray()) {
        const auto text = json::to_text(each);
        if (text == value) return {};
        shown += (shown.empty() ? "" : ", ") + text;
    }
    return fmt::format("{} is no value of {}.{} on this site; they are {}.", value, type, field, shown);
}

}  // namespace rules
