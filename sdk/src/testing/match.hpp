// The rule by which a filter wants an event. The daemon's is core/event/filter.hpp; a test holds the two together.
#pragma once

#include <foley/registrar.hpp>
#include <foley/shape.hpp>

#include <string_view>

namespace foley::testing {

bool matches(const Filter& filter, std::string_view source, std::string_view type, const EventFacts& facts);
bool matches(const Patterns& patterns, std::string_view text);

}  // namespace foley::testing
