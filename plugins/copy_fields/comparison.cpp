#include "copy_fields/comparison.hpp"

#include "copy_fields/calculated.hpp"
#include "copy_fields/field_value.hpp"
#include "fields/field_text.hpp"

#include <cmath>
#include <vector>

namespace copy_fields {

using foley::site::shotgrid::Filter;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::Value;
namespace json = foley::json;

namespace {

Filter is_or_not(const std::string& path, const Value& value, bool wanted) {
    const auto field = foley::site::shotgrid::field(path);
    return wanted ? field.is(value) : field.is_not(value);
}

std::optional<Filter> of_links(const std::string& path, const std::vector<Link>& links, bool wanted) {
    if (links.empty()) return std::nullopt;
    if (links.size() == 1) return is_or_not(path, links.front(), wanted);
    const auto field = foley::site::shotgrid::field(path);
    return wanted ? field.in(links) : field.not_in(links);
}

std::vector<Link> links_in(const json::Value& value) {
    std::vector<Link> links;
    const auto add = [&](const json::Value& each) {
        if (auto link = foley::site::shotgrid::link_of(each)) links.push_back(std::move(*link));
    };
    if (value.IsArray()) {
        for (const auto& each : value.GetArray())
            add(each);
    } else {
        add(value);
    }
    return links;
}

std::optional<Value> number_value(const std::string& text) {
    const auto number = number_in(text);
    if (!number) return std::nullopt;
    if (std::trunc(*number) == *number && std::abs(*number) <= kMostExact)
        return Value(static_cast<std::int64_t>(*number));
    return Value(*number);
}

}  // namespace

bool is_link(std::string_view data_type) {
    return data_type == "entity" || data_type == "multi_entity";
}

std::optional<Filter> comparison(const std::string& path, std::string_view data_type, const json::Value& value,
                                 bool wanted) {
    if (is_empty(value)) return is_or_not(path, nullptr, wanted);
    const bool links = value.IsObject() || value.IsArray();
    if (links && is_link(data_type)) return of_links(path, links_in(value), wanted);
    const auto text = fields::text_of(value).value_or("");
    if (is_link(data_type)) {
        if (!wanted) return std::nullopt;
        return foley::site::shotgrid::field(path).name_is(text);
    }
    if (data_type == "checkbox") {
        if (text != "yes" && text != "no") return std::nullopt;
        return is_or_not(path, text == "yes", wanted);
    }
    if (takes(data_type, Gives::number) && !takes(data_type, Gives::text)) {
        const auto number = number_value(text);
        if (!number) return std::nullopt;
        return is_or_not(path, *number, wanted);
    }
    return is_or_not(path, text, wanted);
}

}  // namespace copy_fields
