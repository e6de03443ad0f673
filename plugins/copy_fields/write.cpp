#include "copy_fields/write.hpp"

#include "copy_fields/field_value.hpp"

#include <foley/site/shotgrid_value.hpp>

#include <fmt/format.h>

#include <chrono>

namespace copy_fields {

using foley::site::shotgrid::Fields;
namespace json = foley::json;

bool write(const Rule& rule, const Target& target, const std::string& wanted, const Work& work) {
    const auto value = json::parse(wanted);
    const auto& name = rule.to.last();
    Fields fields;
    if (is_same(target.present, value)) return false;
    fields.set(name, foley::site::shotgrid::Value(static_cast<const json::Value&>(value)));
    const auto shown = fmt::format("{} {}.{}", target.entity.type, target.entity.id, name);
    if (!work.breaker.allows(shown, std::chrono::steady_clock::now()))
        throw RunsInCircle(
            fmt::format("{} was written {} times within a minute, so rules run in a circle. Look which "
                        "of them write and read it.",
                        shown, kMostWrites));
    work.shotgrid.update(target.entity.type, target.entity.id, fields);
    work.context.log().info("{}: {} {} from {} to {}", rule.name, shown,
                            work.context.dry_run() ? "would be changed" : "changed", json::stringify(target.present),
                            wanted);
    return true;
}

}  // namespace copy_fields
