#include "copy_fields/totals.hpp"

#include "copy_fields/field_value.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace copy_fields {

namespace json = foley::json;

std::string total_of(const Rule& rule, const json::Value& entities) {
    std::int64_t count = 0;
    double sum = 0;
    const json::Value* least = nullptr;
    const json::Value* most = nullptr;
    const auto less = [](const json::Value& left, const json::Value& right) {
        const auto a = json::number(left), b = json::number(right);
        return a && b ? *a < *b : json::to_text(left) < json::to_text(right);
    };
    for (const auto& entity : entities.GetArray()) {
        const auto& value = json::member(entity, rule.from->text());
        if (is_empty(value) || !rule.when.holds(entity)) continue;
        ++count;
        sum += json::number(value).value_or(0);
        if (least == nullptr || less(value, *least)) least = &value;
        if (most == nullptr || less(*most, value)) most = &value;
    }
    switch (rule.total) {
        case Total::count:
            return std::to_string(count);
        case Total::sum:
            return fmt::format("{}", sum);
        case Total::average:
            return count == 0 ? "null" : fmt::format("{}", sum / static_cast<double>(count));
        case Total::min:
            return least == nullptr ? "null" : json::stringify(*least);
        case Total::max:
            break;
    }
    return most == nullptr ? "null" : json::stringify(*most);
}

}  // namespace copy_fields
