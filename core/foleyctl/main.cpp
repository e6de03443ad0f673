// foleyctl: for operators and plugin authors.
#include "core/config/suggestion.hpp"
#include "core/foleyctl/commands.hpp"
#include "core/foleyd/programs.hpp"
#include "core/hosting/printable.hpp"

#include <csignal>
#include <exception>
#include <iostream>

namespace {

using namespace foley::core;

constexpr const char* kFooter =
    "Look first:\n"
    "  foleyctl status                      is it well?\n"
    "  foleyctl plugins hammertrack         all about one plugin\n"
    "  foleyctl events --follow             events as they come\n"
    "  foleyctl explain 4711                what became of one event, and why\n"
    "Then act:\n"
    "  foleyctl enable hammertrack          go on after a failure, with the event that failed\n"
    "  foleyctl dead-letters retry NAME --all\n"
    "Write a plugin:\n"
    "  foleyctl new greeter                 a folder that builds\n"
    "  foleyctl check greeter.so            would foleyd load it?\n"
    "  foleyctl emit '{\"type\": \"hello\"}'    try it\n"
    "Come from shotgunEvents:\n"
    "  foleyctl adopt shotgunevents CONF    what would become of an installation\n"
    "\n"
    "The daemon is found by --socket, $FOLEY_SOCKET, --config, or /etc/foley/foley.yaml.\n"
    "Exit codes: 0 done, 1 refused (the sentence says why), 2 wrong usage, 3 no daemon answers, 4 status: not well.";

int exit_with(CtlExit code, const std::string& sentence) {
    std::cerr << "foleyctl: " << printable(sentence) << '\n';  // it may hold what a site or a plugin said
    return static_cast<int>(code);
}

// The command that was being read, as it is typed.
std::string command_line(const CLI::App& app) {
    std::string words = "foleyctl";
    for (const CLI::App* command = &app; !command->get_subcommands().empty();) {
        command = command->get_subcommands().front();
        words.append(" ").append(command->get_name());
    }
    return words;
}

int run(CLI::App& app, Session& session, int argc, char** argv) {
    try {
        app.parse(argc, argv);
        return static_cast<int>(session.chosen ? session.chosen() : CtlExit::usage);
    } catch (const CLI::RequiredError& error) {
        const std::vector<std::string> rest = app.remaining();
        if (rest.empty() || app.get_subcommands().size() == 1)
            return exit_with(CtlExit::usage, std::string(error.what()) + "\nSee `" + command_line(app) + " --help`.");
        std::vector<std::string> known;
        for (const CLI::App* command : app.get_subcommands({}))
            known.push_back(command->get_name());
        return exit_with(CtlExit::usage,
                         "there is no command " + rest.front() + "; " + suggestion(rest.front(), known));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // help and version
        return exit_with(CtlExit::usage, std::string(error.what()) + "\nSee `" + command_line(app) + " --help`.");
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_DFL);  // `foleyctl events | head` ends quietly
    Session session;
    CLI::App app("foleyctl asks a running foleyd and tells it what to do, and helps to write plugins.");
    app.footer(kFooter);
    app.add_flag("--json", session.as_json, "The daemon's answer as it is, for programs");
    app.add_option("--socket", session.socket, "The daemon's control socket");
    app.add_option("--config", session.config, "The daemon's configuration, which names the socket");
    app.set_version_flag("--version", std::string("foleyctl ") + kVersion);
    app.require_subcommand(1);
    app.fallthrough();  // --json may stand after the command
    add_show_commands(app, session);
    add_emit_command(app, session);
    add_order_commands(app, session);
    add_library_commands(app, session);
    add_new_command(app, session);
    add_adopt_command(app, session);
    try {
        return run(app, session, argc, argv);
    } catch (const Refused& error) {
        return exit_with(CtlExit::refused, error.what());
    } catch (const Unreachable& error) {
        return exit_with(CtlExit::unreachable, error.what());
    } catch (const std::exception& error) {
        return exit_with(CtlExit::refused, error.what());
    }
}
