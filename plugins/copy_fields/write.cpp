#include "copy_fields/write.hpp"

#include "copy_fields/field_value.hpp"

#include <foley/site/shotgrid_value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace copy_fields {

using foley::site::shotgrid::Fields;
using foley::site::shotgrid::Link;
using foley::site::shotgrid::link_of;
namespace json = foley::json;

namespace {

// Those of the wanted links that are not there yet.
std::vector<Link> missing(const json::Value& present, const json::Value& wanted) {
    std::vector<Link> there, missing;
    if (present.IsArray()) {
        for (const auto& each : present.GetArray()) {
            if (auto link = link_of(each)) there.push_back(std::move(*link));
        }
    }
    if (!wanted.IsArray()) return missing;
    for (const auto& each : wanted.GetArray()) {
        auto link = link_of(each);
        if (link && std::find(there.begin(), there.end(), *link) == there.end()) missing.push_back(std::move(*link));
    }
    return missing;
}

}  // namespace

bool write(const Rule& rule, const Target& target, const std::string& wanted, const Work& work) {
    const auto value = json::parse(wanted);
    const auto& name = rule.to.last();
    Fields fields;
    if (rule.adds) {
        const auto links = missing(target.present, value);
        if (links.empty()) return false;
        fields.add(name, links);
    } else {
        if (is_same(target.present, value)) return false;
        fields.set(name, foley::site::shotgrid::Value(static_cast<const json::Value&>(value)));
    }
    const auto shown = fmt::format("{} {}.{}", target.entity.type, target.entity.id, name);
    if (!work.breaker.allows(shown, std::chrono::steady_clock::now()))
        throw RunsInCircle(
            fmt::format("{} was written {} times within a minute, so rules run in a circle. Look which "
                        "of them write and read it.",
                        shown, kMostWrites));
    work.shotgrid.update(target.entity.type, target.entity.id, fields);
    work.context.log().info("{}: {} {} from {} {} {}", rule.name, shown,
                            work.context.dry_run() ? "would be changed" : "changed", json::stringify(target.present),
                            rule.adds ? "by adding" : "to", wanted);
    return true;
}

}  // namespace copy_fields
