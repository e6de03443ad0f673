// What the engine tells about itself: copies, for the control interface, logs and mails.
#pragma once

#include "core/engine/incident.hpp"
#include "core/event/types.hpp"
#include "core/hosting/crash_report.hpp"
#include "core/hosting/declarations.hpp"
#include "core/hosting/host_outcome.hpp"
#include "core/journal/journal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

enum class PluginState : std::uint8_t {
    loading,   // its first host has not said hello yet
    starting,  // in on_start
    running,
    draining,    // finishing its callback before a reload or an end
    blocked,     // could run but waits; `waits_for` says for what
    restarting,  // crashed, starts again after a backoff (on_crash: restart, quarantine)
    disabled,    // crashed or failed: no events until its file changes or someone enables it
    paused,      // stopped by a person
    refused,     // its file cannot be used (owner, ABI, half written, wrong settings); goes on when the file changes
    absent,      // its file is gone; the position stays
    stopped,     // the daemon is ending
    available,   // its directory uses only configured plugins, and it is none: no runner, no place in the journal
};
std::string_view to_string(PluginState state) noexcept;

struct PluginStatus {
    std::string name;
    PluginState state = PluginState::loading;
    std::string reason;          // a sentence; of disabled, refused, blocked, …
    std::string waits_for;       // of blocked: "a retry of a held world: share /mnt/hs is not mounted", "plugin a"
    Timestamp since{};           // of the state
    std::string file;            // the library in the plugin directory
    std::string build;           // hash of the running copy
    std::string shadowed;        // sentence: another directory has a plugin of this name; empty otherwise
    std::string reload_problem;  // sentence: the newest file failed to load, the copy before it goes on
    std::optional<int> pid;
    std::optional<Hello> hello;  // of the running or newest candidate library
    ConsumerInfo consumer;
    std::uint64_t lag_events = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t delivered = 0;  // callbacks' outcomes since the daemon started, by code:
    std::uint64_t done = 0, ignored = 0, retried = 0, failed = 0, expired = 0, own_skipped = 0, unwanted = 0;
    std::uint64_t crashes = 0, reloads = 0;
    std::optional<Sequence> in_callback;
    std::string last_error;
    std::string last_crash;  // id of the newest crash report
    bool dry_run = false;
};

struct EngineStatus {
    JournalInfo journal;
    std::string journal_problem;  // sentence: why nothing can be appended; empty when well
    Timestamp started_at{};
    std::vector<std::string> notes;  // sentences that an operator should read (shadowed plugins, refused directories)
};

// How long one callback took with one event.
struct CallbackTime {
    std::string plugin, callback;
    std::shared_ptr<const Event> event;
    Timestamp start{};
    std::chrono::microseconds duration{};
    OutcomeCode code = OutcomeCode::done;
    bool crashed = false;  // it did not come back
};

// What happens and somebody may want to log, mail or count. Called on the engine's thread: post and return.
class EngineListener {
public:
    virtual ~EngineListener() = default;
    virtual void on_engine_log(int level, const std::string& text) = 0;  // FOLEY_LOG_…
    virtual void on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence event) = 0;
    virtual void on_plugin_output(const std::string& plugin, bool is_stderr, const std::string& line) = 0;
    virtual void on_plugin_state(const PluginStatus& status) = 0;
    virtual void on_crash(const CrashReport& report) = 0;
    virtual void on_incident(const Incident& /*incident*/) {}
    // A callback was run; only with EngineOptions::timings.
    virtual void on_callback_timed(const CallbackTime& /*time*/) {}
};

}  // namespace foley::core
