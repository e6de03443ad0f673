// HostProcess: the daemon's side of one host: a child process that loads one plugin and runs its callbacks.
//
// Life:  spawn → on_hello (loaded and registered, not started) → start → on_started → deliver… → drain → on_drained →
//        stop → on_exit.  on_exit is always the last call and comes exactly once, however the host ended, after
//        everything that it wrote has been read. A candidate that does not say hello within its limit, or breaks the
//        protocol, is killed and ends in on_exit with the reason.
//
// Stop and wait: the host runs deliveries in the order given. After an outcome that is not plainly finished (a failure,
// a retry, a hold, or anything with writes to the key-value store) it starts nothing until `settle`. Unless the outcome
// is finished (`done`, `ignored`, a timer's `again_after`) with writes, it also hands back all that it has not begun,
// and all that arrives before `settle` (on_returned): so nothing overtakes what must not be overtaken.
//
// Owner: PluginRunner. Thread: the engine's; every callback comes on it, never from inside a call of this class.
// Errors: spawn throws std::system_error; afterwards every failure arrives in on_exit.
#pragma once

#include "core/event/event.hpp"
#include "core/hosting/crash_report.hpp"
#include "core/hosting/declarations.hpp"
#include "core/hosting/host_outcome.hpp"
#include "core/hosting/progress_page.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace foley::core {

struct HostLimits {
    std::uint64_t memory = std::uint64_t{2} << 30;  // bytes, RLIMIT_DATA; 0: none
    std::uint32_t files = 1024;
    std::uint32_t processes = 0;  // RLIMIT_NPROC counts the user's, so 0 (none) by default
    bool core_dumps = false;
    std::chrono::milliseconds hello_timeout{30000};
    std::chrono::milliseconds callback_warn{60000};
    std::chrono::milliseconds callback_timeout{1800000};  // stack, then kill
    std::chrono::milliseconds silence_timeout{60000};     // the same, between callbacks, while it owes an answer
};

struct HostSpec {
    std::filesystem::path program;  // foley-host
    std::filesystem::path library;  // the private copy
    std::string plugin;             // its name
    HostLimits limits;
    std::vector<std::string> environment;  // "NAME=value", nothing else is inherited
    std::filesystem::path working_directory = "/";
};

struct HostStart {
    std::filesystem::path page;  // taken over by the host, under its lock
    std::string settings_json = "{}";
    std::string sites_json = "[]";  // connections with credentials; the first is the default
    bool dry_run = false;
    bool timings = false;                    // report how long callbacks take (on_timings)
    std::vector<OnError> callback_policies;  // one per declared callback: what stops an event
};

struct HostExit {
    enum class Reason : std::uint8_t {
        stopped,  // as asked
        crashed,  // signal, exit, abort, …
        memory_limit,
        watchdog,  // a callback ran longer than callback_timeout, or nothing was heard for silence_timeout
        drain_timeout,
        refused,  // the library could not be loaded or registered, or on_start failed: `why` says it whole
        hello_timeout,
        protocol,  // broke the host protocol
    };
    Reason reason = Reason::stopped;
    std::string why;                   // a sentence for people, always filled: "killed by SIGSEGV at address 0x8 …"
    std::string phase;                 // "loading", "on_start", "event", "timer", "on_stop", "idle"
    std::optional<CrashRecord> crash;  // what the signal handler wrote
    // When the callback that ended the host began, or last reported progress.
    std::optional<std::chrono::steady_clock::time_point> running_since;
    PageSurvey survey;  // of the deliveries under this host; read after it was gone
};
bool is_crash(HostExit::Reason reason) noexcept;
std::string_view to_string(HostExit::Reason reason) noexcept;

class HostListener {
public:
    virtual ~HostListener() = default;
    virtual void on_hello(const Hello& hello) = 0;
    // The result of on_start: done, hold / retry_after (try again later), failed. After anything but done the host
    // ends by itself (on_exit: refused). When on_start wrote to the key-value store, on_outcomes comes just before,
    // with one outcome of delivery 0 that holds the writes; the host then waits for `settle` before its first event.
    virtual void on_started(OutcomeCode code, std::chrono::microseconds delay, const std::string& why) = 0;
    virtual void on_outcomes(std::span<const HostOutcome> outcomes) = 0;  // ascending by delivery
    // Of deliveries whose outcomes come next; only when HostStart::timings asked for them.
    virtual void on_timings(std::span<const CallTiming> /*timings*/) {}
    virtual void on_returned(std::span<const DeliveryNumber> deliveries) = 0;
    virtual void on_log(const HostLog& log) = 0;
    virtual void on_output(bool is_stderr, const std::string& line) = 0;  // what the plugin wrote to stdout or stderr
    virtual void on_reply(Sequence sequence, const std::string& json) = 0;
    // A read of the key-value store; answer with HostProcess::answer, now or later.
    virtual void on_state_get(std::uint64_t request, const std::string& key) = 0;
    virtual void on_state_list(std::uint64_t request, const std::string& prefix, const std::string& after,
                               std::uint32_t limit) = 0;
    // A callback runs longer than callback_warn; once per callback.
    virtual void on_slow(Sequence sequence, std::uint32_t callback, std::chrono::milliseconds running) = 0;
    virtual void on_drained() = 0;
    virtual void on_exit(HostExit exit) = 0;
};

class HostProcess {
public:
    // listener outlives the process object. `page` is the plugin's, shared by its successive hosts.
    static std::unique_ptr<HostProcess> spawn(boost::asio::io_context& io, HostSpec spec, HostListener& listener);
    virtual ~HostProcess() = default;  // kills a host that still runs, without calling the listener

    virtual void start(HostStart start, std::shared_ptr<ProgressPage> page) = 0;

    // At most page->slots() deliveries may be unfinished or finished and not yet released (ProgressPage::release).
    // `callbacks`: indices of the callbacks to run, ascending. Returns the delivery's number.
    virtual DeliveryNumber deliver(const Event& event, std::span<const std::uint32_t> callbacks, std::uint32_t attempt,
                                   std::string_view site) = 0;
    // Runs ahead of queued events.
    virtual DeliveryNumber tick(std::uint32_t timer_callback) = 0;
    virtual void settle() = 0;
    virtual void answer_get(std::uint64_t request, std::optional<std::string> value) = 0;
    virtual void answer_list(std::uint64_t request, std::vector<std::pair<std::string, std::string>> pairs) = 0;

    // Ends the callback it is in, hands back the rest, releases the page's lock, then on_drained. Killed after `limit`.
    virtual void drain(std::chrono::milliseconds limit) = 0;
    // on_stop (when started) and an orderly end; killed after `limit`.
    virtual void stop(std::chrono::milliseconds limit) = 0;
    virtual void kill(HostExit::Reason reason, std::string why) = 0;

    virtual int pid() const noexcept = 0;
    // The event whose callback runs now; nothing between callbacks and in timers.
    virtual std::optional<Sequence> in_callback() const = 0;
    // Bytes of frames handed to deliver and not yet taken by the kernel: back-pressure for the runner.
    virtual std::size_t unsent() const noexcept = 0;
};

}  // namespace foley::core
