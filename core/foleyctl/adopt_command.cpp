// foleyctl adopt: reads the installation of another event daemon, says what would become of it, and with --write writes
// a configuration. Needs no daemon.
#include "core/config/map_reader.hpp"
#include "core/foleyctl/adopt/written_configuration.hpp"
#include "core/foleyctl/adopt_report.hpp"
#include "core/foleyctl/commands.hpp"
#include "core/hosting/printable.hpp"
#include "core/os/files.hpp"

#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include <signal.h>
#include <unistd.h>

namespace foley::core {
namespace {

namespace fs = std::filesystem;

struct AdoptOptions {
    std::string file, to = "foley.yaml", state;
    AdoptionRequest request;
    bool write = false, force = false, without_positions = false;
};

IniFile::Environment environment() {
    IniFile::Environment variables;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

Installation read_conf(const fs::path& file) {
    constexpr std::size_t kMost = std::size_t{1} << 20;
    const std::string text = read_file(file, kMost);
    if (!is_utf8(text)) throw Refused(file.string() + ": it is not UTF-8; save it as UTF-8 and run this again");
    try {
        return read_installation(IniFile(text, file.string(), environment()), file);
    } catch (const IniError& error) {
        throw Refused(error.what());
    }
}

// Nothing when there is no such file, or nobody wants it.
std::optional<EventState> read_state(const AdoptOptions& options, const fs::path& file,
                                     std::vector<std::string>& warnings) {
    constexpr std::size_t kMost = std::size_t{32} << 20;
    std::error_code error;
    if (options.without_positions) {
        warnings.emplace_back("no positions are taken over: every plugin starts at the newest event");
        return std::nullopt;
    }
    if (!options.state.empty() || fs::exists(file, error)) {
        try {
            return read_event_state(read_file(file, kMost));
        } catch (const StateFileError& refusal) {
            throw Refused(file.string() + ": " + refusal.what() +
                          ". Name another state with --state FILE (a backup), or leave the positions behind with "
                          "--without-positions");
        }
    }
    warnings.push_back("there is no state file " + file.string() +
                       ": every plugin starts at the newest event; --state FILE names another");
    return std::nullopt;
}

// The process id in the pid file, when such a process is there.
std::optional<int> running(const fs::path& pid_file) {
    constexpr std::size_t kMost = 64;
    try {
        std::string text = read_file(pid_file, kMost);
        text.erase(text.find_last_not_of(" \r\n") + 1);
        const auto pid = decimal_id(text);
        if (!pid || *pid == 0 || *pid > INT32_MAX) return std::nullopt;
        const int number = static_cast<int>(*pid);
        if (::kill(number, 0) == 0 || errno == EPERM) return number;
    } catch (const std::system_error&) {
        // No pid file: it ran in the foreground, or is stopped as it should be.
    }
    return std::nullopt;
}

void refuse_problems(const Adoption& adoption) {
    if (adoption.settings.problems.empty()) return;
    std::string text = "there is something to mend before this can become a configuration of Foley:";
    for (const std::string& problem : adoption.settings.problems)
        text += "\n  " + problem;
    throw Refused(text);
}

void refuse_to_overwrite(const fs::path& configuration, const std::vector<WrittenFile>& secrets) {
    std::vector<fs::path> targets{configuration};
    for (const WrittenFile& secret : secrets)
        targets.push_back(configuration.parent_path() / secret.path);
    for (const fs::path& target : targets) {
        std::error_code error;
        if (fs::exists(fs::symlink_status(target, error)))
            throw Refused(target.string() +
                          " exists already; name another place with --to, or overwrite it with --force");
    }
}

void write_all_files(const fs::path& configuration, const std::string& text, const std::vector<WrittenFile>& secrets) {
    constexpr unsigned kReadable = 0644;  // nothing secret stands in it
    for (const WrittenFile& secret : secrets) {
        const fs::path file = configuration.parent_path() / secret.path;
        if (fs::create_directories(file.parent_path()))
            fs::permissions(file.parent_path(), fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
        write_file_atomically(file, secret.content, Durability::synced, secret.mode);
    }
    write_file_atomically(configuration, text, Durability::synced, kReadable);
}

Adoption plan(const AdoptOptions& options, const Installation& installation, AdoptionReport& report) {
    report.state_file = options.state.empty() ? installation.state_file : fs::absolute(options.state);
    std::vector<std::string> warnings;
    const std::optional<EventState> state = read_state(options, report.state_file, warnings);
    if (state) report.state_form = state->form;
    Adoption adoption =
        plan_adoption(installation, state, find_event_plugins(installation.plugin_paths), options.request);
    adoption.warnings.insert(adoption.warnings.begin(), warnings.begin(), warnings.end());
    refuse_problems(adoption);
    return adoption;
}

CtlExit adopt(Session& session, const AdoptOptions& options) {
    if (!is_plain_name(options.request.name))
        throw CLI::ValidationError("--name", "'" + options.request.name + "' cannot be the name of a source");
    AdoptionReport report;
    report.origin = fs::absolute(options.file).lexically_normal();
    report.configuration = fs::absolute(options.to).lexically_normal();
    const Installation installation = read_conf(report.origin);
    Adoption adoption = plan(options, installation, report);
    if (const auto pid = running(installation.pid_file)) {
        const std::string what = "shotgunEvents seems to run (process " + std::to_string(*pid) +
                                 "): what it handles from now on would be handled again";
        if (options.write && !options.force)
            throw Refused(what + ". Stop it and run this again, or write all the same with --force");
        adoption.warnings.push_back(what + "; stop it before you write");
    }
    const std::vector<WrittenFile> secrets = written_secrets(adoption);
    for (const WrittenFile& secret : secrets)
        report.secrets.push_back(report.configuration.parent_path() / secret.path);
    if (options.write) {
        if (!options.force) refuse_to_overwrite(report.configuration, secrets);
        write_all_files(report.configuration, written_configuration(adoption, report.origin), secrets);
        report.written = true;
    }
    if (session.as_json) {
        std::cout << adoption_json(report, adoption) << '\n';
    } else {
        show_adoption(session.screen(), report, adoption);
    }
    return CtlExit::ok;
}

}  // namespace

void add_adopt_command(CLI::App& app, Session& session) {
    auto options = std::make_shared<AdoptOptions>();
    auto* command = app.add_subcommand("adopt", "Take over the installation of another event daemon");
    command->require_subcommand(1);
    auto* events = command->add_subcommand(
        "shotgunevents",
        "Its configuration, and where each of its plugins goes on; says it, and writes it with --write");
    events->add_option("CONF", options->file, "Its shotGunEventDaemon.conf")->required();
    events->add_flag("--write", options->write, "Write the configuration of Foley, and the secrets beside it");
    events->add_option("--to", options->to, "Where to; foley.yaml in this folder by default");
    events->add_flag("--force", options->force, "Overwrite what is there; write though shotgunEvents runs");
    events->add_option("--state", options->state, "Its state file, when that is not where CONF says");
    events->add_flag("--without-positions", options->without_positions, "Every plugin starts at the newest event");
    events
        ->add_option("--plugin", options->request.only,
                     "Only this plugin (can be repeated), also one whose file is gone")
        ->allow_extra_args(false);
    events->add_option("--name", options->request.name, "The name of the site and of the source in Foley: shotgrid");
    events->footer(
        "Needs no daemon, and executes nothing that stands in the state file. Example:\n"
        "  foleyctl adopt shotgunevents /etc/shotgunEventDaemon.conf\n"
        "  foleyctl adopt shotgunevents /etc/shotgunEventDaemon.conf --write --to /etc/foley/foley.yaml\n"
        "The whole way: docs/coming-from-shotgunevents.md");
    events->callback(
        [&session, options] { session.chosen = [&session, options] { return adopt(session, *options); }; });
}

}  // namespace foley::core
