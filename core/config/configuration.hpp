// Configuration: all that foley.yaml says, typed, checked and with its defaults. Immutable once it is loaded.
// The annotated example is etc/foley.yaml; what each value means stands there.
#pragma once

#include "core/config/credentials.hpp"
#include "core/config/mail_config.hpp"
#include "core/config/problem.hpp"
#include "core/config/yaml_tree.hpp"
#include "core/event/event.hpp"
#include "core/event/number_ranges.hpp"

#include <foley/secret.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace foley::core {

// The level below which lines are not written; the numbers are those of FOLEY_LOG_… in foley/abi.h.
enum class LogLevel : std::uint8_t { debug = 0, info = 1, warning = 2, error = 3 };
enum class JournaldUse : std::uint8_t { automatic, always, never };

// One line per event and callback: how long it took.
struct TimingConfig {
    std::filesystem::path file;  // a file each day, as the log's
    std::uint32_t keep_days = 14;

    friend bool operator==(const TimingConfig&, const TimingConfig&) = default;
};

struct LogConfig {
    LogLevel level = LogLevel::info;
    bool console = true;
    JournaldUse journald = JournaldUse::automatic;
    std::optional<std::filesystem::path> file;  // "…/foleyd.log" becomes "…/foleyd_2026-11-21.log"
    std::uint32_t keep_days = 14;
    bool per_plugin = false;  // a file for each plugin, beside the file
    std::optional<TimingConfig> timing;
};

struct ControlConfig {
    std::filesystem::path socket = "/run/foley/control.sock";
    std::uint32_t mode = 0660;
    std::string group;  // empty: that of the process
};

struct JournalConfig {
    std::string engine = "sqlite";
    std::chrono::seconds retention = std::chrono::hours(24 * 14);
    std::chrono::seconds retention_disabled = std::chrono::hours(24 * 30);
    std::chrono::seconds dedupe_for = std::chrono::hours(24);
    std::chrono::milliseconds commit_interval{50};
};

struct SiteConfig {
    std::string name;
    std::string kind;  // "ftrack", "shotgrid"
    std::string url;
    std::string user;  // API user (ftrack), script (ShotGrid)
    Secret api_key;
    Secret proxy;  // its address; a user and a password may stand in it
    std::filesystem::path ca_file;
};

struct FtrackSourceConfig {
    std::string site;
    std::vector<std::string> topics{"ftrack.update"};
    std::vector<std::string> subscriptions;  // expressions of the hub's own language, beside the topics
    std::vector<std::string> interactive;    // topics whose events someone waits for
    std::chrono::seconds reply_deadline{60};
};

// The event to begin with the first time ever; later the source goes on from its place in the journal.
struct ShotgridStartConfig {
    enum class Kind : std::uint8_t { latest, earliest, id, time };
    Kind kind = Kind::latest;
    std::uint64_t id = 0;
    Timestamp time{};
};

// Where the site's webhooks are heard.
struct WebhookConfig {
    std::string address;     // a number, without brackets
    std::uint16_t port = 0;  // 0: any that is free
    std::string path = "/shotgrid";
    Secret secret;
    Position position;  // of the address
};

struct ShotgridSourceConfig {
    std::string site;
    ShotgridStartConfig start;
    // Names or ids of projects, types of events; a "*" at the end stands for any rest. Empty: all.
    std::vector<std::string> projects, exclude_projects;
    bool without_project = true;  // events that belong to no project are taken, whatever `projects` says
    std::vector<std::string> types, exclude_types;
    bool skip_own_events = false;  // those of the script that the source itself uses
    std::chrono::milliseconds poll{1000};
    std::chrono::milliseconds poll_idle{10000};
    std::uint32_t page = 500;
    std::chrono::milliseconds gap_timeout = std::chrono::minutes(5);
    std::chrono::milliseconds gap_recheck = std::chrono::hours(1);
    std::chrono::milliseconds gap_recheck_for = std::chrono::hours(24);
    std::optional<WebhookConfig> webhook;
};

struct FileSourceConfig {
    std::filesystem::path path;
    Shape shape = Shape::plain;
    std::string site;  // the connection whose name its events carry; empty: none
    bool from_start = false;
};

struct SourceConfig {
    std::string name;
    std::variant<FtrackSourceConfig, ShotgridSourceConfig, FileSourceConfig> kind;
};

struct PluginDirectoryConfig {
    std::filesystem::path path;
    bool strict_order = false;
    bool only_configured = false;  // of its plugins only those with a section of their own
    Position position;
};

enum class OnErrorChoice : std::uint8_t { disable, skip, retry, hold };
enum class OnCrashChoice : std::uint8_t { disable, restart, quarantine };
enum class WhenDisabledChoice : std::uint8_t { pass, wait };

struct StartConfig {
    enum class Kind : std::uint8_t { latest, earliest, after, time, source_id, handled };
    Kind kind = Kind::latest;
    Sequence sequence;          // of after
    Timestamp time{};           // of time
    std::string source, id;     // of source_id; the source also of handled
    std::uint64_t handled = 0;  // every id of the source up to here was handled elsewhere
    NumberRanges missing;       // but for these
};

struct PluginLimits {
    std::uint64_t memory = std::uint64_t{2} << 30;
    std::uint32_t files = 1024;
    std::uint32_t processes = 0;
    bool core = false;
    std::chrono::milliseconds hello_timeout{30000};
};

struct PluginConfig {
    bool enabled = true;
    StartConfig start;
    std::string state_of;
    OnErrorChoice on_error = OnErrorChoice::disable;
    OnCrashChoice on_crash = OnCrashChoice::disable;
    std::uint32_t restarts = 5;
    std::chrono::seconds restart_window{600};
    std::uint32_t retry_attempts = 10;
    std::chrono::seconds retry_for{86400};
    std::vector<std::string> after;
    WhenDisabledChoice when_disabled = WhenDisabledChoice::pass;
    bool dry_run = false;
    std::optional<bool> skip_own_events;
    std::chrono::milliseconds callback_warn{60000};
    std::chrono::milliseconds callback_timeout{1800000};
    std::chrono::milliseconds silence_timeout{60000};
    PluginLimits limits;
    std::map<std::string, std::string> environment;
    std::uint32_t window = 1024;
    std::vector<std::string> sites;
    PluginMailConfig mail;
    std::optional<YamlNode> settings;  // checked when the plugin has declared what it knows
    Position position;                 // of the plugin's name
};

struct Configuration {
    std::filesystem::path file;
    std::filesystem::path state_directory = "/var/lib/foley";
    std::filesystem::path pid_file;  // empty: none
    LogConfig log;
    std::optional<MailConfig> mail;
    ControlConfig control;
    JournalConfig journal;
    std::vector<SiteConfig> sites;      // in the order of the file: the first is the default
    std::vector<SourceConfig> sources;  // in the order of the file
    std::vector<PluginDirectoryConfig> plugin_directories;
    std::vector<std::string> trusted_owners, trusted_groups;
    std::chrono::milliseconds settle{500};
    std::chrono::milliseconds rescan{5000};
    std::chrono::milliseconds drain_timeout{60000};
    std::chrono::milliseconds shutdown_timeout{20000};
    PluginConfig plugin_defaults;
    std::map<std::string, PluginConfig> plugins;
    ReadingContext reading;         // for what is read later: secrets among plugins' settings
    std::vector<Problem> warnings;  // worth telling, not worth refusing
};

}  // namespace foley::core
