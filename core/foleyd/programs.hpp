// Where the programs that belong to foleyd and foleyctl lie.
#pragma once

#include <filesystem>
#include <string>

namespace foley::core {

inline constexpr const char* kVersion = "0.1.0";

// A program such as "foley-host": beside the running one (a build tree), or in ../libexec/foley (installed).
// Throws std::runtime_error with the places where it looked.
std::filesystem::path find_program(const std::string& name);

}  // namespace foley::core
