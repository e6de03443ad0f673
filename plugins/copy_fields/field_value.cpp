#include "copy_fields/field_value.hpp"

#include "fields/field_text.hpp"

#include <foley/site/shotgrid_value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <time.h>

namespace copy_fields {

namespace json = foley::json;

namespace {

constexpr std::size_t kDate = 10;  // "2026-03-31"

std::string link_json(const json::Value& link) {
    return fmt::format(R"({{"type":{},"id":{}}})", json::quote(json::text_or_empty(link, "type")),
                       json::to_text(json::member(link, "id")));
}

bool is_number(std::string_view type) {
    constexpr std::array<std::string_view, 6> kNumbers{"number",   "float",    "percent",
                                                       "duration", "currency", "timecode"};
    return std::find(kNumbers.begin(), kNumbers.end(), type) != kNumbers.end();
}

bool is_word(std::string_view type) {
    return type == "text" || type == "list" || type == "status_list" || type == "uuid";
}

std::set<std::string> links_of(const json::Value& list) {
    std::set<std::string> links;
    for (const auto& each : list.GetArray())
        links.insert(link_json(each));
    return links;
}

}  // namespace

bool fits(std::string_view from, std::string_view to) {
    return from == to || to == "text" || (is_number(from) && is_number(to)) || (is_word(from) && is_word(to)) ||
           (from == "date_time" && to == "date") || (from == "entity" && to == "multi_entity");
}

std::string for_field(const json::Value& value, std::string_view data_type) {
    if (data_type == "multi_entity") {
        std::string list;
        const auto add = [&](const json::Value& link) {
            if (link.IsObject()) list += fmt::format("{}{}", list.empty() ? "" : ",", link_json(link));
        };
        if (value.IsArray()) {
            for (const auto& each : value.GetArray())
                add(each);
        } else {
            add(value);
        }
        return fmt::format("[{}]", list);
    }
    if (value.IsNull()) return "null";
    if (data_type == "entity") return value.IsObject() ? link_json(value) : "null";
    if (data_type == "text") return json::quote(fields::text_of(value).value_or(""));
    if (data_type == "date") return json::quote(json::to_text(value).substr(0, kDate));
    const auto number = json::number(value);
    if (number && data_type != "float" && data_type != "currency" && is_number(data_type))
        return std::to_string(std::llround(*number));
    return json::stringify(value);
}

std::string stamp_for(foley::Timestamp at, std::string_view data_type) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    if (data_type != "date") return foley::site::shotgrid::Value(seconds).json();
    const time_t time = seconds.time_since_epoch().count();
    struct tm local {};
    ::localtime_r(&time, &local);
    return fmt::format("\"{:04}-{:02}-{:02}\"", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

bool is_same(const json::Value& present, const json::Value& wanted) {
    if (present.IsArray() || wanted.IsArray())
        return present.IsArray() && wanted.IsArray() ? links_of(present) == links_of(wanted)
                                                     : is_empty(present) && is_empty(wanted);
    if (present.IsObject() && wanted.IsObject()) return link_json(present) == link_json(wanted);
    const auto left = json::number(present), right = json::number(wanted);
    if (left && right) return std::abs(*left - *right) <= 1e-9 * std::max(std::abs(*left), std::abs(*right));
    if (is_empty(present) && is_empty(wanted)) return true;
    return present == wanted;
}

bool is_empty(const json::Value& present) {
    return present.IsNull() || (present.IsString() && present.GetStringLength() == 0) ||
           (present.IsArray() && present.Empty());
}

}  // namespace copy_fields
