// How figures are printed: one line each, what it is and the figure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foley::bench {

void say(const std::string& what, const std::string& figure);
// Median, 99 % and most of them.
void say_quantiles(const std::string& what, const std::vector<std::int64_t>& nanoseconds);
// Of a process, as it is now.
void say_memory(const std::string& what, int pid);

std::int64_t now_ns();  // of the steady clock

}  // namespace foley::bench
