#include "core/foleyd/check.hpp"

#include "core/config/load.hpp"
#include "core/config/units.hpp"
#include "core/foleyd/assembly.hpp"
#include "core/foleyd/check_plugins.hpp"
#include "core/foleyd/programs.hpp"
#include "core/foleyd/state_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace foley::core {
namespace {

std::string joined(const std::vector<std::string>& texts) {
    std::string result;
    for (const std::string& text : texts)
        result += (result.empty() ? "" : ", ") + text;
    return result;
}

std::string describe(const StartConfig& start) {
    switch (start.kind) {
        case StartConfig::Kind::latest:
            return "latest";
        case StartConfig::Kind::earliest:
            return "earliest";
        case StartConfig::Kind::after:
            return "after event " + std::to_string(start.sequence.value);
        case StartConfig::Kind::time:
            return "at " + format_time(start.time);
        case StartConfig::Kind::source_id:
            return "at " + start.source + " " + start.id;
        case StartConfig::Kind::handled:
            return fmt::format("behind {} {}, handled elsewhere{}", start.source, start.handled,
                               start.missing.empty() ? "" : fmt::format(" but for {} ids", start.missing.count()));
    }
    return {};
}

std::string describe(const ShotgridStartConfig& start) {
    switch (start.kind) {
        case ShotgridStartConfig::Kind::latest:
            return "the newest event";
        case ShotgridStartConfig::Kind::earliest:
            return "the oldest event";
        case ShotgridStartConfig::Kind::id:
            return "event " + std::to_string(start.id);
        case ShotgridStartConfig::Kind::time:
            return format_time(start.time);
    }
    return {};
}

std::string describe(const ShotgridSourceConfig& source) {
    std::string text = fmt::format("shotgrid, site {}, asked every {} to {}, {} events a page; first from {}",
                                   source.site, format_duration(source.poll), format_duration(source.poll_idle),
                                   source.page, describe(source.start));
    const auto add = [&text](std::string_view what, const std::vector<std::string>& words) {
        if (!words.empty()) text += fmt::format("; {} {}", what, joined(words));
    };
    add("projects", source.projects);
    if (!source.projects.empty()) text += source.without_project ? " and none" : "";
    add("not projects", source.exclude_projects);
    if (source.projects.empty() && !source.without_project) text += "; not without a project";
    add("types", source.types);
    add("not types", source.exclude_types);
    if (source.skip_own_events) text += "; not the script's own";
    if (source.webhook) {
        const WebhookConfig& webhook = *source.webhook;
        text += fmt::format("; webhooks heard at {}, port {}, path {}", webhook.address, webhook.port, webhook.path);
    }
    return text + fmt::format("; missing ids waited for {}, then looked for every {} for {}",
                              format_duration(source.gap_timeout), format_duration(source.gap_recheck),
                              format_duration(source.gap_recheck_for));
}

std::string describe(const SourceConfig& source) {
    if (const auto* ftrack = std::get_if<FtrackSourceConfig>(&source.kind)) {
        std::string text = "ftrack, site " + ftrack->site + ", topics " + joined(ftrack->topics);
        if (!ftrack->subscriptions.empty()) text += "; " + joined(ftrack->subscriptions);
        if (!ftrack->interactive.empty()) text += "; waited for: " + joined(ftrack->interactive);
        return text;
    }
    if (const auto* shotgrid = std::get_if<ShotgridSourceConfig>(&source.kind)) return describe(*shotgrid);
    const auto& file = std::get<FileSourceConfig>(source.kind);
    return "file " + file.path.string() + ", shape " + std::string(to_string(file.shape)) + ", from its " +
           (file.from_start ? "beginning" : "end");
}

struct FoundPlugin {
    std::string name;
    std::filesystem::path file;
    bool shadowed = false;
    bool left_out = false;  // its directory uses only configured plugins
};

// The libraries as they lie there now, in the order in which directories are searched.
std::vector<FoundPlugin> find_plugins(std::ostream& out, const Configuration& configuration) {
    std::vector<FoundPlugin> found;
    std::set<std::string> names;
    for (const PluginDirectoryConfig& directory : configuration.plugin_directories) {
        std::error_code error;
        std::vector<std::filesystem::path> files;
        for (std::filesystem::directory_iterator it(directory.path, error), end; !error && it != end;
             it.increment(error)) {
            if (it->path().extension() == ".so") files.push_back(it->path());
        }
        out << "  " << directory.path.string() << (directory.strict_order ? " (strict order)" : "")
            << (directory.only_configured ? " (only configured plugins)" : "") << ": "
            << (error ? "cannot be read now: " + error.message() : fmt::format("{} libraries", files.size())) << "\n";
        std::sort(files.begin(), files.end());
        for (const auto& file : files) {
            const std::string name = file.stem().string();
            const bool left_out = directory.only_configured && !configuration.plugins.contains(name);
            found.push_back({name, file, !left_out && !names.insert(name).second, left_out});
        }
    }
    return found;
}

void print_plugin(std::ostream& out, const PluginConfig& plugin) {
    constexpr std::array<std::string_view, 4> kOnError{"disable", "skip", "retry", "hold"};
    constexpr std::array<std::string_view, 3> kOnCrash{"disable", "restart", "quarantine"};
    out << fmt::format("    start {}; on_error {}", describe(plugin.start),
                       kOnError.at(static_cast<std::size_t>(plugin.on_error)));
    if (plugin.on_error == OnErrorChoice::retry) {
        out << fmt::format(" ({} attempts or {})", plugin.retry_attempts, format_duration(plugin.retry_for));
    }
    out << "; on_crash " << kOnCrash.at(static_cast<std::size_t>(plugin.on_crash));
    if (plugin.on_crash != OnCrashChoice::disable) {
        out << fmt::format(" ({} in {})", plugin.restarts, format_duration(plugin.restart_window));
    }
    if (plugin.dry_run) out << "; dry run";
    out << fmt::format(
        "\n    callback warned of after {}, ended after {}; silent host ended after {}; window {}; memory {}, files "
        "{}\n",
        format_duration(plugin.callback_warn), format_duration(plugin.callback_timeout),
        format_duration(plugin.silence_timeout), plugin.window,
        plugin.limits.memory == 0 ? "unlimited" : format_size(plugin.limits.memory), plugin.limits.files);
    if (!plugin.after.empty()) {
        out << "    after " << joined(plugin.after)
            << (plugin.when_disabled == WhenDisabledChoice::wait ? ", also while that is disabled" : "") << "\n";
    }
    if (!plugin.state_of.empty()) out << "    takes over the position of " << plugin.state_of << "\n";
    if (plugin.mail.to)
        out << "    mails to " << (plugin.mail.to->empty() ? "nobody" : joined(*plugin.mail.to)) << "\n";
    if (!plugin.mail.also.empty()) out << "    mails also to " << joined(plugin.mail.also) << "\n";
    if (!plugin.sites.empty()) out << "    sites " << joined(plugin.sites) << "\n";
}

std::string counted(std::size_t count, const std::string& thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

void print_declared(std::ostream& out, const Hello& hello) {
    out << "    asked: it loads and declares " << counted(hello.callbacks.size(), "callback") << " and "
        << counted(hello.settings.size(), "setting") << "; what is configured fits\n";
}

void print_reports(std::ostream& out, const Configuration& configuration) {
    constexpr std::array<std::string_view, 3> kTls{"unencrypted", "STARTTLS", "TLS"};
    out << "\n";
    if (!configuration.pid_file.empty()) out << "pid file\n  " << configuration.pid_file.string() << "\n";
    if (configuration.log.timing) out << "timing log\n  " << configuration.log.timing->file.string() << "\n";
    if (!configuration.mail) return;
    const MailConfig& mail = *configuration.mail;
    out << fmt::format("mail\n  {}:{}, {}{}, from {} to {}; the same errors once every {}\n", mail.host, mail.port,
                       kTls.at(static_cast<std::size_t>(mail.tls)), mail.user.empty() ? "" : ", login " + mail.user,
                       mail.from, joined(mail.to), format_duration(mail.period));
}

void print_plugins(std::ostream& out, const Configuration& configuration, const PluginCheck& check) {
    out << "plugin directories\n";
    const std::vector<FoundPlugin> found = find_plugins(out, configuration);
    out << "plugins\n";
    std::set<std::string> present;
    for (const FoundPlugin& plugin : found) {
        const auto named = configuration.plugins.find(plugin.name);
        const PluginConfig& options =
            named != configuration.plugins.end() ? named->second : configuration.plugin_defaults;
        present.insert(plugin.name);
        out << "  " << plugin.name << ": " << plugin.file.string();
        if (plugin.left_out) {
            out << ": not used, it has no section under plugins\n";
        } else if (plugin.shadowed) {
            out << ": not used, an earlier directory has a plugin of this name\n";
        } else if (!options.enabled) {
            out << ": not used, enabled is false\n";
        } else {
            out << "\n";
            const auto declared = check.declared.find(plugin.name);
            if (declared != check.declared.end()) print_declared(out, declared->second);
            print_plugin(out, options);
        }
    }
    for (const auto& [name, options] : configuration.plugins) {
        if (present.contains(name)) continue;
        out << "  " << name << ": configured, but there is no " << name << ".so now\n";
        if (options.start.kind == StartConfig::Kind::handled) {
            out << "    its position waits for it: " << describe(options.start) << "\n";
        }
    }
    if (found.empty() && configuration.plugins.empty()) out << "  none\n";
}

void print_plan(std::ostream& out, const Configuration& configuration, const PluginCheck& check) {
    out << configuration.file.string() << ": the configuration is good\n";
    for (const Problem& warning : configuration.warnings)
        out << "warning: " << to_string(warning) << "\n";
    for (const std::string& warning : check.warnings)
        out << "warning: " << warning << "\n";
    out << "state directory\n  " << configuration.state_directory.string() << "\n";
    out << "control socket\n  " << configuration.control.socket.string()
        << fmt::format(", mode {:04o}", configuration.control.mode);
    if (!configuration.control.group.empty()) out << ", group " << configuration.control.group;
    print_reports(out, configuration);
    out << fmt::format("journal\n  kept {}, {} for disabled plugins; positions committed every {}\n",
                       format_duration(configuration.journal.retention),
                       format_duration(configuration.journal.retention_disabled),
                       format_duration(configuration.journal.commit_interval));
    out << "sites\n";
    for (const SiteConfig& site : configuration.sites) {
        out << "  " << site.name << ": " << site.kind << " " << site.url << ", user " << site.user << ", key "
            << site.api_key << (site.proxy.empty() ? "" : ", through a proxy") << "\n";
    }
    out << (configuration.sites.empty() ? "  none\n" : "") << "sources\n";
    for (const SourceConfig& source : configuration.sources) {
        out << "  " << source.name << ": " << describe(source) << "\n";
    }
    if (configuration.sources.empty()) out << "  none; only what foleyctl emits\n";
    print_plugins(out, configuration, check);
}

}  // namespace

void check_configuration(std::ostream& out, std::ostream& errors, const std::filesystem::path& file) {
    ReadConfiguration read = read_configuration(file);
    const auto configuration = std::make_shared<const Configuration>(std::move(read.configuration));
    const PluginCheck check =
        check_plugins(configuration, {find_program("foley-host"), find_program("foley-symbolizer")});
    std::vector<Problem> problems = std::move(read.errors);
    problems.insert(problems.end(), check.problems.begin(), check.problems.end());
    if (problems.empty()) return print_plan(out, *configuration, check);
    for (const std::string& warning : check.warnings)
        errors << "warning: " << warning << "\n";
    for (const std::filesystem::path& library : check.asked)
        errors << "asked for its settings: " << library.string() << "\n";
    throw ConfigError(std::move(problems));
}

bool check_journal(std::ostream& out, const Configuration& configuration) {
    const StateDirectory lock(configuration.state_directory);
    SqliteJournalOptions options = journal_options(configuration);
    if (!std::filesystem::exists(options.file)) {
        out << options.file.string() << ": there is no journal yet\n";
        return true;
    }
    const auto journal = open_sqlite_journal(std::move(options));
    const std::vector<std::string> problems = journal->check();
    const JournalInfo info = journal->info();
    for (const std::string& problem : problems)
        out << problem << "\n";
    if (problems.empty()) {
        out << fmt::format("the journal is well: {} events, {} to {}, {}\n", info.events, info.oldest.value,
                           info.head.value, format_size(info.bytes));
    }
    journal->close();
    return problems.empty();
}

}  // namespace foley::core
