#include "core/foleyd/command_line.hpp"

#include "core/foleyd/programs.hpp"

#include <CLI/CLI.hpp>

namespace foley::core {

std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, int& exit_code) {
    CommandLine result;
    std::string config = result.config.string();
    std::string level;
    bool foreground = true;
    CLI::App app("foleyd follows the event streams of production-tracking sites and hands each event to plugins.");
    app.add_option("-c,--config", config, "The configuration")->capture_default_str();
    app.add_flag("--check", result.check,
                 "Read the configuration, ask the plugins for their settings, print what foleyd would do, and end");
    app.add_flag("--check-journal", result.check_journal, "Read the whole journal, name what is wrong in it, and end");
    app.add_flag("--foreground", foreground, "Stay in the foreground; foleyd always does");
    app.add_option("--log-level", level, "debug, info, warning or error; wins over the configuration")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    app.set_version_flag("--version", std::string("foleyd ") + kVersion);
    app.footer(
        "Exit codes: 0 ended as asked, 1 failed, 2 the configuration is wrong, 3 another foleyd runs here.\n"
        "Signals: SIGTERM and SIGINT end it in order, a second one at once; SIGHUP reads the configuration again.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        exit_code = static_cast<int>(code == 0 ? ExitCode::ok : ExitCode::configuration);
        return std::nullopt;
    }
    result.config = config;
    if (!level.empty()) result.log_level = level;
    return result;
}

}  // namespace foley::core
