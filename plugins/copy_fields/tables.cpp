#include "copy_fields/tables.hpp"

#include "copy_fields/functions.hpp"
#include "copy_fields/operand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace copy_fields {

namespace json = foley::json;

namespace {

bool is_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

Tables tables_of(const json::Value& configured) {
    Tables tables;
    if (!configured.IsObject()) return tables;
    for (const auto& member : configured.GetObject()) {
        const std::string name(json::text_or_empty(member.name));
        if (!is_name(name))
            throw std::invalid_argument(fmt::format("tables: \"{}\" is no name; letters, digits and _ are.", name));
        if (function_named(name) != nullptr)
            throw std::invalid_argument(fmt::format("tables.{}: that is a function. Give it another name.", name));
        if (!member.value.IsObject() || member.value.MemberCount() == 0)
            throw std::invalid_argument(fmt::format("tables.{}: write a mapping: {{USD: 0.92, EUR: 1}}.", name));
        for (const auto& entry : member.value.GetObject()) {
            const auto number = json::number(entry.value);
            const auto key = json::text_or_empty(entry.name);
            if (!number || !(std::abs(*number) <= kMostExact))
                throw std::invalid_argument(
                    fmt::format("tables.{}.{}: {} is no number.", name, key, json::stringify(entry.value)));
            tables[name].emplace(key, *number);
        }
    }
    return tables;
}

}  // namespace copy_fields
