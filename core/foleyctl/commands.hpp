// The commands of foleyctl. Each adds itself to the command line; the one that was chosen runs and gives an exit code.
#pragma once

#include "core/foleyctl/daemon_link.hpp"
#include "core/foleyctl/exit_code.hpp"
#include "core/foleyctl/show.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace foley::core {

// What every command may use. The daemon is looked for when it is first needed.
class Session {
public:
    bool as_json = false;
    std::optional<std::string> socket, config;
    std::function<CtlExit()> chosen;  // what the command line asked for

    DaemonLink& daemon();
    Screen screen() const;

private:
    std::unique_ptr<DaemonLink> link_;
};

// session outlives app.
void add_show_commands(CLI::App& app, Session& session);
void add_order_commands(CLI::App& app, Session& session);
void add_emit_command(CLI::App& app, Session& session);
void add_library_commands(CLI::App& app, Session& session);
void add_new_command(CLI::App& app, Session& session);
void add_adopt_command(CLI::App& app, Session& session);

}  // namespace foley::core
