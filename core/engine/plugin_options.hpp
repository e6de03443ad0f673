// The options of the engine and of each plugin; main fills them from the configuration.
#pragma once

#include "core/hosting/declarations.hpp"
#include "core/hosting/host_process.hpp"
#include "core/journal/journal.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace foley::core {

enum class OnCrash : std::uint8_t { disable, restart, quarantine };
enum class WhenDisabled : std::uint8_t { pass, wait };

struct PluginOptions {
    bool enabled = true;  // false: takes nothing and holds nobody back
    StartRule start = StartLatest{};
    std::string state_of;  // takes over the position of this former name
    OnError on_error = OnError::disable;
    OnCrash on_crash = OnCrash::disable;
    unsigned restarts = 5;                     // of restart and quarantine: so many
    std::chrono::seconds restart_window{600};  // in this window, then disable
    unsigned retry_attempts = 10;
    std::chrono::seconds retry_for{86400};
    std::vector<std::string> after;  // sees an event when these have finished it
    WhenDisabled when_disabled = WhenDisabled::pass;
    bool dry_run = false;
    std::optional<bool> skip_own_events;  // nothing: the default of SEMANTICS.md
    HostLimits limits;
    std::vector<std::string> environment;
    std::uint32_t window = 1024;     // events in flight; a power of two
    std::vector<std::string> sites;  // names of the connections it gets; empty: all
    // A text that differs whenever anything of the plugin's configuration does, settings and sites included: what
    // Engine::reconfigure compares. May hold no secret.
    std::string fingerprint;
};

// The site connections with credentials, as JSON for hosts; the `user` for own events.
struct SiteOptions {
    std::string name, kind, user;
    std::string json;  // what foley_host.site returns; holds the secret
};

// Checks the plugin's configured settings against what it declares and gives them as JSON with durations and sizes
// converted. On errors `problems` has a sentence each ("foley.yaml:41:9: hammertrack.settings.lable_store: unknown; did
// you mean label_store?") and the JSON is not used. Supplied by main from the configuration. It reads the secrets among
// the settings from files, so it may block: the engine calls it on its files pool, for several plugins at once.
struct CheckedSettings {
    std::string json = "{}";
    std::vector<std::string> problems;
};
using SettingsCheck =
    std::function<CheckedSettings(const std::string& plugin, const std::vector<SettingDeclaration>& declared)>;

struct PluginDirectoryOptions {
    std::filesystem::path path;
    bool strict_order = false;  // each plugin after the one before it, by name
    // Of its libraries only those of these names are used; the others are available. Nothing: all are used.
    std::optional<std::set<std::string>> only{};
};

struct EngineOptions {
    std::filesystem::path state_directory;
    std::filesystem::path host_program;
    std::filesystem::path symbolizer_program;
    std::vector<PluginDirectoryOptions> directories;
    std::map<std::string, PluginOptions> plugins;  // by name
    PluginOptions defaults;                        // of plugins that are not named
    std::vector<SiteOptions> sites;
    SettingsCheck check_settings;
    std::vector<std::string> trusted_owners;  // besides root and foleyd's own user
    std::vector<std::string> trusted_groups;
    std::chrono::milliseconds settle{500};
    std::chrono::milliseconds rescan{5000};
    std::chrono::milliseconds drain_timeout{60000};
    std::chrono::milliseconds shutdown_timeout{20000};
    std::chrono::milliseconds commit_interval{50};
    std::chrono::seconds prune_every{600};
    RetentionPolicy retention;
    bool timings = false;      // tell how long each callback took (EngineListener::on_callback_timed)
    unsigned keep_copies = 3;  // good copies of each library, for rolling back
};

}  // namespace foley::core
