#include "copy_fields/targets.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace copy_fields {

using foley::site::shotgrid::field;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
namespace json = foley::json;

namespace {

using Ids = std::vector<std::int64_t>;

// With texts of its own, which a copy of the value would only borrow.
json::Document copy_of(const json::Value& value) {
    return json::parse(json::stringify(value));
}

// The linked entities of the type, each once.
void add_links(const json::Value& value, const std::string& type, Ids& ids) {
    const auto add = [&](const json::Value& each) {
        const auto link = link_of(each);
        if (link && link->type == type && std::find(ids.begin(), ids.end(), link->id) == ids.end())
            ids.push_back(link->id);
    };
    if (value.IsArray()) {
        for (const auto& each : value.GetArray())
            add(each);
    } else {
        add(value);
    }
}

std::vector<Target> targets_of_all(const Rule& rule, const json::Value& entity, foley::site::Shotgrid& shotgrid) {
    const auto& hops = rule.to.hops();
    Ids ids;
    add_links(json::member(entity, hops.front().field), hops.front().type, ids);
    for (std::size_t i = 1; i < hops.size() && !ids.empty(); ++i) {
        const auto found =
            shotgrid.find({.type = hops[i - 1].type, .filter = field("id").in(ids), .fields = {hops[i].field}});
        ids.clear();
        for (const auto& each : found.GetArray())
            add_links(json::member(each, hops[i].field), hops[i].type, ids);
    }
    std::vector<Target> targets;
    if (ids.empty()) return targets;
    const auto found =
        shotgrid.find({.type = rule.target_type(), .filter = field("id").in(ids), .fields = {rule.to.last()}});
    for (const auto& each : found.GetArray())
        targets.push_back({{rule.target_type(), json::integer(json::member(each, "id")).value_or(0)},
                           copy_of(json::member(each, rule.to.last()))});
    return targets;
}

}  // namespace

std::vector<Target> targets_of(const Rule& rule, const json::Value& entity, foley::site::Shotgrid& shotgrid) {
    if (rule.spreads) return targets_of_all(rule, entity, shotgrid);
    std::vector<Target> targets;
    Link target{rule.on, json::integer(json::member(entity, "id")).value_or(0)};
    if (!rule.to.hops().empty()) {
        const auto linked = link_of(json::member(entity, rule.target_link()));
        if (!linked || linked->type != rule.target_type()) return targets;
        target = *linked;
    }
    targets.push_back({std::move(target), copy_of(json::member(entity, rule.to.text()))});
    return targets;
}

}  // namespace copy_fields
