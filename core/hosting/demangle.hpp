// Names and exceptions in words.
#pragma once

#include <string>

namespace foley::core {

// A C++ symbol or type name as a person writes it; itself when it is not one.
std::string demangle(const char* name);

// "std::runtime_error: no such task" of the exception that is being handled or thrown.
std::string describe_current_exception();

}  // namespace foley::core
