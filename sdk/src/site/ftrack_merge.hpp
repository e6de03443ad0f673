// ftrack may send an entity in full once and later in the same answer only as type and primary key. fill_reduced mends
// that.
#pragma once

#include <foley/json.hpp>

namespace foley::site {

// In `data` (an array of entities, nested in each other), every entity that is reduced to type and primary key gets the
// members of its other occurrences. An entity inside itself stays reduced. Throws ServerError when the result would
// grow beyond all measure.
void fill_reduced(rapidjson::Value& data, rapidjson::Document::AllocatorType& allocator);

}  // namespace foley::site
