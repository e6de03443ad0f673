// `foleyd --check`: what the daemon would do with this configuration, for people. `--check-journal`.
#pragma once

#include "core/config/configuration.hpp"

#include <ostream>

namespace foley::core {

// Secrets are ***.
void print_plan(std::ostream& out, const Configuration& configuration);

// Reads the whole journal and prints what is wrong. True: all is well. Throws JournalError.
bool check_journal(std::ostream& out, const Configuration& configuration);

}  // namespace foley::core
