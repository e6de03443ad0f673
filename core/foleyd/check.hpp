// `foleyd --check`: what the daemon would do with this configuration, for people. `--check-journal`.
#pragma once

#include "core/config/configuration.hpp"

#include <filesystem>
#include <ostream>

namespace foley::core {

// Reads the configuration, asks the libraries that it leads to, and prints the plan; secrets are ***. Throws
// ConfigError with everything that is wrong in either, after saying on `errors` which libraries were asked.
void check_configuration(std::ostream& out, std::ostream& errors, const std::filesystem::path& file);

// Reads the whole journal and prints what is wrong. True: all is well. Throws JournalError.
bool check_journal(std::ostream& out, const Configuration& configuration);

}  // namespace foley::core
