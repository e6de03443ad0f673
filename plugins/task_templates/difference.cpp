#include "task_templates/difference.hpp"

#include <foley/site/shotgrid_value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace task_templates {

namespace json = foley::json;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
using foley::site::shotgrid::Value;

namespace {

bool is_empty(const json::Value& value) {
    return value.IsNull() || (value.IsString() && value.GetStringLength() == 0) || (value.IsArray() && value.Empty());
}

std::vector<Link> links_of(const json::Value& list) {
    std::vector<Link> links;
    for (const auto& each : list.GetArray()) {
        if (const auto link = link_of(each)) links.push_back(*link);
    }
    return links;
}

bool same(const json::Value& a, const json::Value& b) {
    if (a.IsArray() && b.IsArray()) {
        const auto left = links_of(a);
        const auto right = links_of(b);
        return left.size() == right.size() && std::is_permutation(left.begin(), left.end(), right.begin());
    }
    const auto left = link_of(a);
    return left ? left == link_of(b) : a == b;
}

// A link without the name that the site sent with it.
Value for_writing(const json::Value& value) {
    if (value.IsArray()) return links_of(value);
    const auto link = link_of(value);
    return link ? Value(*link) : Value(value);
}

void add(Difference& to, const std::string& field, const json::Value& present, const json::Value& wanted) {
    const auto value = for_writing(wanted);
    to.fields.set(field, value);
    to.shown +=
        fmt::format("{}{} {} -> {}", to.shown.empty() ? "" : ", ", field, json::stringify(present), value.json());
}

}  // namespace

Difference difference(const Rule& rule, const json::Value& in_template, const json::Value& task,
                      std::string_view field) {
    Difference out;
    const auto compare = [&](const std::string& name, bool only_empty) {
        const auto& wanted = json::member(in_template, name);
        const auto& present = json::member(task, name);
        if ((!field.empty() && name != field) || is_empty(wanted)) return;
        if (same(present, wanted) || (only_empty && !is_empty(present))) return;
        add(out, name, present, wanted);
    };
    for (const auto& name : rule.fields)
        compare(name, false);
    for (const auto& name : rule.if_empty)
        compare(name, true);
    return out;
}

Difference all_of(const Rule& rule, const json::Value& in_template) {
    return difference(rule, in_template, json::null(), {});
}

}  // namespace task_templates
