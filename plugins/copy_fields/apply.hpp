// What a rule does with an event.
#pragma once

#include "copy_fields/rule.hpp"
#include "copy_fields/work.hpp"

namespace copy_fields {

// Whether the event is any of the rule's business.
bool concerns(const Rule& rule, const fields::Subject& subject);

// True: something was written. Throws: SiteError, RunsInCircle.
bool apply(const Rule& rule, const Work& work);

}  // namespace copy_fields
