#include "copy_fields/targets.hpp"

#include <utility>

namespace copy_fields {

using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
namespace json = foley::json;

namespace {

// With texts of its own, which a copy of the value would only borrow.
json::Document copy_of(const json::Value& value) {
    return json::parse(json::stringify(value));
}

}  // namespace

std::vector<Target> targets_of(const Rule& rule, const json::Value& entity) {
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
