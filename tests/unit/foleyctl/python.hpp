// Python, to make what it makes and to read what it reads.
#pragma once

#include <string>
#include <vector>

namespace foley::core::testing {

// What a script writes to its standard output. Throws std::runtime_error when it fails.
std::string python(const std::string& script);

// State files are dictionaries of this: {"/srv/plugins": {"a": (105, {101: datetime(2026, 11, 21, 9, 30)})}}.
std::string python_pickle(const std::string& value, int protocol);
// Several at once, in the order of the values: Python takes its time to start.
std::vector<std::string> python_pickles(const std::vector<std::string>& values, int protocol);

}  // namespace foley::core::testing
