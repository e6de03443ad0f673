// Looks on the site for what a rule would create.
//
// Throws: SiteError.
#pragma once

#include "create_entities/rule.hpp"

#include <foley/site/shotgrid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace create_entities {

// What the fields of an assignment come to, for one source. Nothing: the field is left empty.
struct Filled {
    const Assignment* assignment = nullptr;
    std::optional<foley::site::shotgrid::Value> value;
};
std::vector<Filled> fill(const std::vector<Assignment>& list, const Source& source);

// The id of one that was created for this event: since it happened, and with the same links and the same texts.
std::optional<std::int64_t> made_since(foley::site::Shotgrid& shotgrid, const std::string& type,
                                       const std::vector<Filled>& set, foley::Timestamp event);
// The id of one that has all of these, whenever it was made.
std::optional<std::int64_t> one_with(foley::site::Shotgrid& shotgrid, const std::string& type,
                                     const std::vector<Filled>& fields);

}  // namespace create_entities
