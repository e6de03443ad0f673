// What foleyd was started with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace foley::core {

// The exit codes of foleyd. Documented in docs/operating.md: never renumber.
enum class ExitCode : int { ok = 0, failure = 1, configuration = 2, already_running = 3 };

struct CommandLine {
    std::filesystem::path config = "/etc/foley/foley.yaml";
    bool check = false;
    bool check_journal = false;
    std::optional<std::string> log_level;  // wins over the configuration's
};

// Nothing: the program ends here with `exit_code` (--help, --version, a wrong argument; what there is to say has been
// printed).
std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, int& exit_code);

}  // namespace foley::core
