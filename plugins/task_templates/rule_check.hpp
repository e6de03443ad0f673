// Compares rules with the site's schema: fields that there are not, values that a switch cannot have.
//
// Throws: SiteError.
#pragma once

#include "task_templates/rule.hpp"

#include <foley/site/shotgrid.hpp>

#include <string>
#include <vector>

namespace task_templates {

// A sentence for each fault; none: the rules can work.
std::vector<std::string> faults_of(const std::vector<Rule>& rules, foley::site::Shotgrid& shotgrid);

}  // namespace task_templates
