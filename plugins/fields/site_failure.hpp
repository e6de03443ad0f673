// What a plugin makes of a site's error: one that is away, or refuses the key or the certificate, is waited for, with
// everything behind it; one that has trouble of its own is asked again; what it refuses is failed.
#pragma once

#include <foley/error.hpp>
#include <foley/outcome.hpp>

namespace fields {

foley::Outcome outcome_of(const foley::SiteError& error, foley::Duration hold);

}  // namespace fields
