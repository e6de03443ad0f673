// Failures of the operating system as std::system_error, always with the operation and its object in the text.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace foley::core {

// `what` says the operation and its object: "cannot open /var/lib/foley/journal".
[[noreturn]] inline void throw_errno(const std::string& what, int error = errno) {
    throw std::system_error(error, std::generic_category(), what);
}

inline std::string errno_text(int error) {
    return std::generic_category().message(error);
}

}  // namespace foley::core
