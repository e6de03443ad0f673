// Compares rules with the site's schema: fields that there are not, values that a status cannot have.
//
// Throws: SiteError.
#pragma once

#include "status_flow/rule.hpp"

#include <foley/site/shotgrid.hpp>

#include <string>
#include <vector>

namespace status_flow {

// A sentence for each fault; none: the rules can work.
std::vector<std::string> faults_of(const std::vector<Rule>& rules, foley::site::Shotgrid& shotgrid);

}  // namespace status_flow
