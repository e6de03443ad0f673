#include "make_folders/planner.hpp"

#include "fields/schema.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace make_folders {

using foley::site::shotgrid::field;
namespace json = foley::json;

namespace {

constexpr unsigned kDeepest = 8;  // links from folder to folder; more is a circle

}  // namespace

Plan Planner::plan(foley::site::Shotgrid& shotgrid, const std::string& type, std::int64_t id) const {
    return plan(shotgrid, type, id, 0);
}

Plan Planner::plan(foley::site::Shotgrid& shotgrid, const std::string& type, std::int64_t id, unsigned depth) const {
    Plan out;
    const auto rule = settings_.types.find(type);
    if (rule == settings_.types.end()) {
        out.kind = Plan::Kind::unruled;
        out.why = fmt::format("there is no template for {}", type);
        return out;
    }
    if (depth > kDeepest)
        throw std::invalid_argument(fmt::format(
            "the templates lead from folder to folder without end, by way of {} {}. Look at {{….folder}}.", type, id));
    const auto entity =
        shotgrid.find_one({.type = type, .filter = field("id").is(id), .fields = rule->second.fields()});
    if (!entity.IsObject()) {
        out.kind = Plan::Kind::gone;
        out.why = fmt::format("{} {} is gone by now", type, id);
        return out;
    }
    std::vector<std::string> missing;
    std::string base;
    if (const auto& link = rule->second.path.base()) {
        if (const auto to = foley::site::shotgrid::link_of(json::member(entity, *link))) {
            auto above = plan(shotgrid, to->type, to->id, depth + 1);
            if (above.kind != Plan::Kind::ready) return above;
            base = std::move(above.path).append("/");
        } else {
            missing.push_back(*link);
        }
    }
    const auto& naming = settings_.naming;
    out.path = base.append(rule->second.path.render(entity, naming, missing));
    if (out.path.ends_with('/')) out.path.pop_back();
    for (const auto& folder : rule->second.folders)
        out.folders.push_back(fmt::format("{}/{}", out.path, folder.render(entity, naming, missing)));
    if (!missing.empty()) out.kind = Plan::Kind::missing;
    for (const auto& name : missing)
        out.missing.push_back(fmt::format("{} {}: {}", type, id, name));
    return out;
}

std::vector<std::string> Planner::faults(foley::site::Shotgrid& shotgrid) const {
    fields::Schema schema(shotgrid);
    std::vector<std::string> faults;
    for (const auto& [type, rule] : settings_.types) {
        for (const auto& name : rule.fields()) {
            auto fault = schema.fault_of(type, fields::FieldPath(name));
            if (!fault.empty()) faults.push_back(fmt::format("folders.{}: {}", type, fault));
        }
    }
    return faults;
}

}  // namespace make_folders
