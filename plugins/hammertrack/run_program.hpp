// run_program: runs a program to its end, with a deadline, and gives back what it said.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace hammertrack {

struct ProgramResult {
    bool timed_out = false;  // killed at the deadline
    int signal = 0;          // that ended it; 0: it exited
    int exit_code = 0;
    std::string out;  // both cut at 1 MiB
    std::string err;
};

// `arguments` begins with the program, an absolute path; no shell is involved. The program runs in the folder of the
// descriptor `folder`, with `environment` ("NAME=value") and nothing else, in a process group of its own that is killed
// as a whole at the deadline. Throws ShareAway when it cannot be started, or cannot even be killed (it hangs in a dead
// mount).
ProgramResult run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                          int folder, std::chrono::milliseconds deadline);

}  // namespace hammertrack
