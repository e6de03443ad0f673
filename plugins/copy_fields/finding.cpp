#include "copy_fields/finding.hpp"

#include <foley/site/shotgrid_value.hpp>

#include <fmt/format.h>

namespace copy_fields {

using foley::site::shotgrid::link_of;
namespace json = foley::json;

std::optional<std::string> find_for(const Rule& rule, const json::Value& entity, foley::site::Shotgrid& shotgrid,
                                    const foley::Logger& log) {
    const auto& search = *rule.search;
    const auto shown = fmt::format("{} {}", rule.on, json::to_text(json::member(entity, "id")));
    const auto none = [&]() { return rule.clears ? std::optional<std::string>("null") : std::nullopt; };
    const auto filter = search.filter_for(rule.on, entity);
    if (!filter) {
        log.debug("{}: {} has not what a {} could be looked for by", rule.name, shown, search.type());
        return none();
    }
    foley::site::ShotgridQuery query{.type = search.type(), .filter = *filter, .fields = {"id"}, .limit = 2};
    if (search.first_by()) query.order = {*search.first_by()};
    const auto found = shotgrid.find(query);
    if (found.Empty()) {
        log.info("{}: there is no {} for {}", rule.name, search.type(), shown);
        return none();
    }
    if (found.Size() > 1 && !search.first_by()) {
        log.warn(
            "{}: there is more than one {} for {}: {}, {}. It is left alone; narrow `where`, or say by first_by "
            "which one",
            rule.name, search.type(), shown, json::to_text(json::find(found, 0, "id")),
            json::to_text(json::find(found, 1, "id")));
        return std::nullopt;
    }
    const auto link = link_of(json::element(found, 0));
    if (!link) return std::nullopt;
    return foley::site::shotgrid::Value(*link).json();
}

}  // namespace copy_fields
