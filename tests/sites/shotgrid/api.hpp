// The API over a Site: a JSON-RPC call in, the body of the answer out.
#pragma once

#include "tests/sites/shotgrid/site.hpp"

#include <string>

namespace foley::sim::shotgrid {

// {"results": …}, or {"exception": true, …} for a fault. Never throws for what a client can send.
std::string answer_call(Site& site, const std::string& body);

std::string fault_body(int code, const std::string& message);

// The method that a body names; empty when it names none.
std::string method_of(const std::string& body);

}  // namespace foley::sim::shotgrid
