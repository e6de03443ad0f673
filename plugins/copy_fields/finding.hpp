// What a rule's search finds for an entity.
#pragma once

#include "copy_fields/rule.hpp"

#include <foley/context.hpp>
#include <foley/json.hpp>
#include <foley/site/shotgrid.hpp>

#include <optional>
#include <string>

namespace copy_fields {

// JSON of the link that the field gets; "null" when it is to be emptied; nothing when it is to be left alone, which the
// log explains. Throws: SiteError.
std::optional<std::string> find_for(const Rule& rule, const foley::json::Value& entity, foley::site::Shotgrid& shotgrid,
                                    const foley::Logger& log);

}  // namespace copy_fields
