// What can be told of a library without loading it: whether it is a whole shared library for this machine.
//
// Thread: any; blocking. The engine asks before it takes a file for a new build, the host before it loads one.
#pragma once

#include <string>

namespace foley::core {

// What is wrong with it, as the end of a sentence that begins with its name ("is cut short. …"); empty when nothing is.
// A file that is still being written is cut short: the loader would crash on it.
std::string wrong_library_file(const std::string& file);
// The same of an open file.
std::string wrong_library_file(int fd);

}  // namespace foley::core
