// The method `read`: filters, sorts, pages.
#pragma once

#include "tests/sites/shotgrid/store.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace foley::sim::shotgrid {

// The results as JSON: {"entities", "paging_info"}. Throws Fault 103.
std::string read(const json::Value& parameters, const Store& store, std::size_t page_limit,
                 std::chrono::sys_seconds now);

}  // namespace foley::sim::shotgrid
