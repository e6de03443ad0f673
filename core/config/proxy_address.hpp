// The address of a proxy, which may hold a user and a password.
#pragma once

#include <string>
#include <string_view>

namespace foley::core {

// Why a text is no address of a proxy that can be used; empty: it is one. Never repeats what stands in the text:
// libcurl would do so, so nothing that it might refuse may pass.
std::string proxy_fault(std::string_view address);

}  // namespace foley::core
