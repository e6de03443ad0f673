#include "core/foleyd/assembly.hpp"

#include "core/config/settings_check.hpp"
#include "core/foleyd/fingerprint.hpp"
#include "core/source/file/file_source.hpp"
#include "core/source/ftrack/ftrack_source.hpp"
#include "core/source/shotgrid/shotgrid_source.hpp"

#include <foley/json.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace foley::core {
namespace {

static_assert(static_cast<int>(OnErrorChoice::hold) == static_cast<int>(OnError::hold));
static_assert(static_cast<int>(OnCrashChoice::quarantine) == static_cast<int>(OnCrash::quarantine));
static_assert(static_cast<int>(WhenDisabledChoice::wait) == static_cast<int>(WhenDisabled::wait));
static_assert(static_cast<int>(SettingRule::Type::choice) == static_cast<int>(SettingType::choice));
static_assert(static_cast<int>(ShotgridStartConfig::Kind::time) ==
              static_cast<int>(ShotgridSourceOptions::Start::time));
static_assert(static_cast<int>(LogLevel::error) == static_cast<int>(LogSeverity::error));

StartRule start_rule(const StartConfig& start) {
    switch (start.kind) {
        case StartConfig::Kind::latest:
            return StartLatest{};
        case StartConfig::Kind::earliest:
            return StartEarliest{};
        case StartConfig::Kind::after:
            return StartAfter{start.sequence};
        case StartConfig::Kind::time:
            return StartAtTime{start.time};
        case StartConfig::Kind::source_id:
            return StartAtSourceId{start.source, start.id};
        case StartConfig::Kind::handled:
            return StartHandled{start.source, start.handled, start.missing};
    }
    return StartLatest{};
}

HostLimits host_limits(const PluginConfig& plugin) {
    HostLimits limits;
    limits.memory = plugin.limits.memory;
    limits.files = plugin.limits.files;
    limits.processes = plugin.limits.processes;
    limits.core_dumps = plugin.limits.core;
    limits.hello_timeout = plugin.limits.hello_timeout;
    limits.callback_warn = plugin.callback_warn;
    limits.callback_timeout = plugin.callback_timeout;
    limits.silence_timeout = plugin.silence_timeout;
    return limits;
}

PluginOptions plugin_options(const PluginConfig& plugin, const Configuration& configuration) {
    PluginOptions options;
    options.enabled = plugin.enabled;
    options.start = start_rule(plugin.start);
    options.state_of = plugin.state_of;
    options.on_error = static_cast<OnError>(plugin.on_error);
    options.on_crash = static_cast<OnCrash>(plugin.on_crash);
    options.restarts = plugin.restarts;
    options.restart_window = plugin.restart_window;
    options.retry_attempts = plugin.retry_attempts;
    options.retry_for = plugin.retry_for;
    options.after = plugin.after;
    options.when_disabled = static_cast<WhenDisabled>(plugin.when_disabled);
    options.dry_run = plugin.dry_run;
    options.skip_own_events = plugin.skip_own_events;
    options.limits = host_limits(plugin);
    for (const auto& [name, value] : plugin.environment)
        options.environment.push_back(std::string(name).append("=").append(value));
    options.window = plugin.window;
    options.sites = plugin.sites;
    options.fingerprint = fingerprint(plugin, configuration);
    return options;
}

// What foley_host.site returns for the site, with the credential.
std::string site_json(const SiteConfig& site) {
    return "{\"name\":" + json::quote(site.name) + ",\"kind\":" + json::quote(site.kind) +
           ",\"url\":" + json::quote(site.url) + ",\"user\":" + json::quote(site.user) +
           ",\"secret\":" + json::quote(site.api_key.reveal()) + ",\"proxy\":" + json::quote(site.proxy.reveal()) +
           ",\"ca_file\":" + json::quote(site.ca_file.string()) + "}";
}

SiteConnection connection(const SiteConfig& site) {
    SiteConnection result;
    result.name = site.name;
    result.kind = site.kind;
    result.url = site.url;
    result.user = site.user;
    result.secret = site.api_key;
    result.proxy = site.proxy.reveal();
    result.ca_file = site.ca_file.string();
    return result;
}

std::optional<std::set<std::string>> used_only(const Configuration& configuration,
                                               const PluginDirectoryConfig& directory) {
    if (!directory.only_configured) return std::nullopt;
    std::set<std::string> names;
    for (const auto& [name, plugin] : configuration.plugins)
        names.insert(name);
    return names;
}

SettingsResult settings_result(const Configuration& configuration, const std::string& plugin,
                               const std::vector<SettingDeclaration>& declared) {
    std::vector<SettingRule> rules;
    rules.reserve(declared.size());
    for (const SettingDeclaration& setting : declared) {
        rules.push_back({setting.name, static_cast<SettingRule::Type>(setting.type), setting.required, setting.minimum,
                         setting.maximum, setting.choices});
    }
    return check_settings(configuration, plugin, rules);
}

CheckedSettings checked_settings(const Configuration& configuration, const std::string& plugin,
                                 const std::vector<SettingDeclaration>& declared) {
    SettingsResult result = settings_result(configuration, plugin, declared);
    CheckedSettings checked;
    checked.json = std::move(result.json);
    for (const Problem& problem : result.problems)
        checked.problems.push_back(to_string(problem));
    return checked;
}

std::unique_ptr<Source> make_source(const SourceConfig& source, const FtrackSourceConfig& ftrack,
                                    const Configuration& configuration, const SourceContext& context) {
    FtrackSourceOptions options;
    options.name = source.name;
    for (const SiteConfig& site : configuration.sites) {
        if (site.name == ftrack.site) options.connection = connection(site);
    }
    options.topics = ftrack.topics;
    options.subscriptions = ftrack.subscriptions;
    options.interactive = ftrack.interactive;
    options.interactive_deadline = ftrack.reply_deadline;
    return std::make_unique<FtrackSource>(std::move(options), context);
}

std::unique_ptr<Source> make_source(const SourceConfig& source, const ShotgridSourceConfig& shotgrid,
                                    const Configuration& configuration, const SourceContext& context) {
    ShotgridSourceOptions options;
    options.name = source.name;
    for (const SiteConfig& site : configuration.sites) {
        if (site.name == shotgrid.site) options.connection = connection(site);
    }
    options.start = static_cast<ShotgridSourceOptions::Start>(shotgrid.start.kind);
    options.start_id = shotgrid.start.id;
    options.start_time = shotgrid.start.time;
    options.projects = shotgrid.projects;
    options.exclude_projects = shotgrid.exclude_projects;
    options.without_project = shotgrid.without_project;
    options.types = shotgrid.types;
    options.exclude_types = shotgrid.exclude_types;
    options.skip_own_events = shotgrid.skip_own_events;
    options.poll = shotgrid.poll;
    options.poll_idle = shotgrid.poll_idle;
    options.page = shotgrid.page;
    options.gaps.open_for = shotgrid.gap_timeout;
    options.gaps.fastest_probe = shotgrid.poll;
    options.gaps.slowest_probe = std::max(options.gaps.slowest_probe, shotgrid.poll);
    options.gaps.closed_probe = shotgrid.gap_recheck;
    options.gaps.closed_for = shotgrid.gap_recheck_for;
    if (shotgrid.webhook) {
        WebhookOptions webhook;
        webhook.address = shotgrid.webhook->address;
        webhook.port = shotgrid.webhook->port;
        webhook.path = shotgrid.webhook->path;
        webhook.secret = shotgrid.webhook->secret;
        options.webhook = std::move(webhook);
    }
    return std::make_unique<ShotgridSource>(std::move(options), context);
}

std::unique_ptr<Source> make_source(const SourceConfig& source, const FileSourceConfig& file,
                                    const Configuration& /*configuration*/, const SourceContext& context) {
    FileSourceOptions options;
    options.name = source.name;
    options.path = file.path;
    options.shape = file.shape;
    options.start = file.from_start ? FileSourceOptions::Start::beginning : FileSourceOptions::Start::end;
    options.site = file.site;
    return std::make_unique<FileSource>(std::move(options), context);
}

}  // namespace

LogOptions log_options(const Configuration& configuration) {
    const LogConfig& log = configuration.log;
    LogOptions options;
    options.level = static_cast<LogSeverity>(log.level);
    options.console = log.console;
    options.journald =
        log.journald == JournaldUse::always || (log.journald == JournaldUse::automatic && stderr_is_journal());
    options.file = log.file;
    options.keep_days = static_cast<std::uint16_t>(log.keep_days);
    options.per_plugin = log.per_plugin;
    return options;
}

SqliteJournalOptions journal_options(const Configuration& configuration) {
    SqliteJournalOptions options;
    options.file = configuration.state_directory / "journal.sqlite";
    options.commit_interval = configuration.journal.commit_interval;
    return options;
}

UnixListener control_listener(const Configuration& configuration) {
    return {configuration.control.socket, configuration.control.mode, configuration.control.group};
}

EngineOptions engine_options(const std::shared_ptr<const Configuration>& configuration, const Programs& programs) {
    EngineOptions options;
    options.state_directory = configuration->state_directory;
    options.host_program = programs.host;
    options.symbolizer_program = programs.symbolizer;
    for (const PluginDirectoryConfig& directory : configuration->plugin_directories) {
        options.directories.push_back({directory.path, directory.strict_order, used_only(*configuration, directory)});
    }
    for (const auto& [name, plugin] : configuration->plugins) {
        options.plugins.emplace(name, plugin_options(plugin, *configuration));
    }
    options.defaults = plugin_options(configuration->plugin_defaults, *configuration);
    for (const SiteConfig& site : configuration->sites) {
        options.sites.push_back({site.name, site.kind, site.user, site_json(site)});
    }
    options.check_settings = [configuration](const std::string& plugin,
                                             const std::vector<SettingDeclaration>& declared) {
        return checked_settings(*configuration, plugin, declared);
    };
    options.trusted_owners = configuration->trusted_owners;
    options.trusted_groups = configuration->trusted_groups;
    options.settle = configuration->settle;
    options.rescan = configuration->rescan;
    options.drain_timeout = configuration->drain_timeout;
    options.shutdown_timeout = configuration->shutdown_timeout;
    options.commit_interval = configuration->journal.commit_interval;
    options.retention.behind_every_plugin = configuration->journal.retention;
    options.retention.for_disabled = configuration->journal.retention_disabled;
    options.retention.dedupe_for = configuration->journal.dedupe_for;
    options.timings = configuration->log.timing.has_value();
    return options;
}

std::vector<Problem> settings_problems(const Configuration& configuration, const std::string& plugin,
                                       const std::vector<SettingDeclaration>& declared) {
    return settings_result(configuration, plugin, declared).problems;
}

std::vector<std::unique_ptr<Source>> make_sources(const Configuration& configuration, const SourceContext& context) {
    std::vector<std::unique_ptr<Source>> sources;
    sources.reserve(configuration.sources.size());
    for (const SourceConfig& source : configuration.sources) {
        sources.push_back(std::visit(
            [&](const auto& kind) { return make_source(source, kind, configuration, context); }, source.kind));
    }
    return sources;
}

std::vector<std::string> needs_restart(const Configuration& before, const Configuration& now) {
    std::vector<std::string> parts;
    const auto compare = [&parts](bool same, const std::string& part) {
        if (!same) parts.push_back(part + " changed; that takes effect when foleyd starts again");
    };
    compare(before.state_directory == now.state_directory, "state_dir");
    compare(before.pid_file == now.pid_file, "pid_file");
    compare(before.control.socket == now.control.socket && before.control.mode == now.control.mode &&
                before.control.group == now.control.group,
            "control");
    compare(before.journal.commit_interval == now.journal.commit_interval, "journal.commit_interval");
    compare(before.log.file == now.log.file && before.log.console == now.log.console &&
                before.log.journald == now.log.journald && before.log.keep_days == now.log.keep_days &&
                before.log.per_plugin == now.log.per_plugin && before.log.timing == now.log.timing,
            "log (but for its level)");
    compare(sources_fingerprint(before) == sources_fingerprint(now), "sources, or a site of one,");
    return parts;
}

}  // namespace foley::core
