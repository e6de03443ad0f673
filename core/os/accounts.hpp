// Users and groups of this machine: from names to numbers and back.
//
// Thread: any; blocking, since names may come over the network. Throws std::system_error when they cannot be looked up.
#pragma once

#include <optional>
#include <string>

namespace foley::core {

// Nothing: there is none of that name.
std::optional<unsigned> user_id(const std::string& name);
std::optional<unsigned> group_id(const std::string& name);

// The number itself when it has no name, or that cannot be looked up.
std::string user_name(unsigned uid);
std::string group_name(unsigned gid);

}  // namespace foley::core
