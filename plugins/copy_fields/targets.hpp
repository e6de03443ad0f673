// Targets: the entities that a rule writes to, and what they have there.
#pragma once

#include "copy_fields/rule.hpp"

#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <vector>

namespace copy_fields {

struct Target {
    foley::site::shotgrid::Link entity;
    foley::json::Document present;
};

// Of an entity of the type `rule.on` that was read with the rule's fields: itself, what it links to, or all of several.
// Throws: SiteError.
std::vector<Target> targets_of(const Rule& rule, const foley::json::Value& entity, foley::site::Shotgrid& shotgrid);

}  // namespace copy_fields
