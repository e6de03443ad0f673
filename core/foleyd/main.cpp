// foleyd: the daemon.
#include "core/config/load.hpp"
#include "core/foleyd/check.hpp"
#include "core/foleyd/command_line.hpp"
#include "core/foleyd/daemon.hpp"

#include <csignal>
#include <exception>
#include <iostream>

namespace {

using namespace foley::core;

int exit_with(ExitCode code, const std::string& sentence) {
    std::cerr << "foleyd: " << sentence << std::endl;
    return static_cast<int>(code);
}

int run(const CommandLine& command_line) {
    if (command_line.check) {
        check_configuration(std::cout, std::cerr, command_line.config);
        return static_cast<int>(ExitCode::ok);
    }
    auto configuration = std::make_shared<const Configuration>(load_configuration(command_line.config));
    if (command_line.check_journal) {
        return static_cast<int>(check_journal(std::cout, *configuration) ? ExitCode::ok : ExitCode::failure);
    }
    Daemon(std::move(configuration), command_line).run();
    return static_cast<int>(ExitCode::ok);
}

}  // namespace

int main(int argc, char** argv) {
    // A peer that is gone and a file that is too large are errors of the call, not the end of the daemon.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    int exit_code = 0;
    const auto command_line = parse_command_line(argc, argv, exit_code);
    if (!command_line) return exit_code;
    try {
        return run(*command_line);
    } catch (const ConfigError& error) {
        std::cerr << error.what() << "\n";
        const auto count = error.problems().size();
        return exit_with(ExitCode::configuration, count == 1
                                                      ? "the configuration has an error"
                                                      : "the configuration has " + std::to_string(count) + " errors");
    } catch (const AlreadyRunning& error) {
        return exit_with(ExitCode::already_running, error.what());
    } catch (const JournalError& error) {
        return exit_with(error.kind() == JournalError::Kind::locked ? ExitCode::already_running : ExitCode::failure,
                         error.what());
    } catch (const std::exception& error) {
        return exit_with(ExitCode::failure, error.what());
    }
}
