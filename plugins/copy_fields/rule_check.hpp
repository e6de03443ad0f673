// What the site's schema says to a rule.
#pragma once

#include "copy_fields/rule.hpp"
#include "fields/schema.hpp"

#include <functional>
#include <string>

namespace copy_fields {

// Completes the rule by what the schema knows, and tells its faults as sentences. Throws: SiteError.
void check_rule(Rule& rule, fields::Schema& schema, const std::function<void(const std::string&)>& complain);

}  // namespace copy_fields
