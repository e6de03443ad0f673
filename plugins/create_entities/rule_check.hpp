// Compares rules with the site's schema, and with each other: fields that there are not, values that a field cannot
// have, rules that would set each other off without end.
//
// Throws: SiteError.
#pragma once

#include "create_entities/rule.hpp"

#include <foley/site/shotgrid.hpp>

#include <string>
#include <vector>

namespace create_entities {

// Fills in what the schema says: the kinds of the fields, and the project of what is created where the rule names none.
// Returns a sentence for each fault; none: the rules can work.
std::vector<std::string> resolve(std::vector<Rule>& rules, foley::site::Shotgrid& shotgrid);

}  // namespace create_entities
