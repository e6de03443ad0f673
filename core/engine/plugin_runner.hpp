// PluginRunner: one plugin's life. It takes in new copies of the library, starts and replaces hosts, reads the journal
// from the plugin's position, keeps a window of events in flight, and commits what the host reports.
//
// All decisions about starting and ending hosts are made in one place, advance(), from facts that the rest only sets:
// is there a file, is it disabled, is there a candidate, … So every order of happenings leads to the same end.
//
// Owner: Engine, one per plugin name, for as long as the daemon runs. Thread: the engine's; slow work goes to the
// pools.
#pragma once

#include "core/engine/commit_pacer.hpp"
#include "core/engine/delivery_window.hpp"
#include "core/engine/hosted_copy.hpp"
#include "core/engine/library_store.hpp"
#include "core/engine/plugin_memo.hpp"
#include "core/engine/plugin_options.hpp"
#include "core/engine/restart_budget.hpp"
#include "core/engine/status.hpp"
#include "core/engine/timer_schedule.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// What the engine lends to every runner; outlives them.
struct RunnerServices {
    boost::asio::io_context& io;
    boost::asio::thread_pool& journal_pool;
    boost::asio::thread_pool& file_pool;
    Journal& journal;
    const Clock& clock;
    EngineListener& listener;
    std::shared_ptr<const EngineOptions> options;  // replaced when the configuration is read again
    std::shared_ptr<const LibraryStore> store;
    PageIdentity page_identity;      // of this run
    PageIdentity previous_identity;  // of the run before: what a page that is believed must say
    // Whether the plugins that `plugin` comes after have finished this event, or hold nobody back; and who does not.
    std::function<bool(const std::string& plugin, Sequence event)> may_pass;
    std::function<std::string(const std::string& plugin, Sequence event)> kept_back_by;
    // The plugin's finished events or its state changed: those that come after it may go on.
    std::function<void(const std::string& plugin)> progressed;
    // Lets go of the place in the journal of a plugin that has no file, so that another may take it over under its own
    // name.
    std::function<void(const std::string& plugin, std::function<void()> done)> release;
    std::function<void(const Event& event, const std::string& json)> reply;
    std::function<std::string_view(const std::string& source)> site_of_source;  // as long as the sources live
    // The JSON list of the site connections that the plugin gets, and the users whose events are its own.
    std::function<std::string(const PluginOptions& options)> sites_json;
    std::function<std::vector<std::string>(const std::string& plugin, const PluginOptions& options)> own_users;
};

class PluginRunner final : public HostedCopyListener, public std::enable_shared_from_this<PluginRunner> {
public:
    // `known`: the journal has a place for it already, so it is opened even while there is no file.
    PluginRunner(RunnerServices& services, std::string name, PluginOptions options, bool known);
    ~PluginRunner() override;

    void start() { advance(); }

    // ── what happens around it ───────────────────────────────────────────────────────────────────────────────────
    void file_seen(const PluginFile& file);     // for the first time: fixes where the plugin starts
    void file_settled(const PluginFile& file);  // new or changed, and still
    void file_removed();
    // Why it is absent although there is a file; empty: because there is none.
    void explain_absence(const std::string& why);
    void set_options(PluginOptions options);
    // There are new events. False: none of them is wanted, and with `may_lag` they are left for catch_up().
    bool journal_grew(bool may_lag);
    bool lags() const noexcept { return unwanted_through_.has_value(); }
    void catch_up();
    // Whose events are its own may have changed: sites, other plugins.
    void accounts_changed() { wanted_.reset(); }
    void neighbour_progressed();
    void shut_down(std::function<void()> done);
    // The engine goes: hosts are killed, and what was posted for this runner and comes later does nothing.
    void abandon();

    // ── by hand; `done` gets an empty text or a sentence ─────────────────────────────────────────────────────────
    using Done = std::function<void(std::string error)>;
    void enable(bool skip_event, Done done);
    void disable(const std::string& why, Done done);
    void pause(Done done);
    void resume(Done done);
    void reload(Done done);
    void rollback(Done done);
    // Runs `operation` on the pool while nothing is fetched and nothing is in flight; a host is drained for it.
    void with_consumer_at_rest(std::function<void(Consumer&)> operation, Done done);

    // ── observe ──────────────────────────────────────────────────────────────────────────────────────────────────
    const std::string& name() const noexcept { return name_; }
    const PluginOptions& options() const noexcept { return options_; }
    PluginState state() const;
    PluginStatus status() const;
    // Null until the journal has given it. Shared with tasks on the pool.
    const std::shared_ptr<Consumer>& consumer() const noexcept { return consumer_; }
    // For `after`: this plugin has finished the event, or holds nobody back at present.
    bool lets_pass(Sequence event) const;
    std::shared_ptr<const FilterSet> filters() const;
    // Nobody has a file for it and nothing of it runs.
    bool has_file() const noexcept { return file_.has_value(); }
    bool is_absent() const noexcept { return !file_ && !active_ && !candidate_; }

private:
    static constexpr std::chrono::milliseconds kStopLimit{5000};  // for a host to end after all was handed back
    static constexpr std::chrono::seconds kTryAgain{5};           // after trouble that passes by itself

    // HostedCopyListener
    void on_hello(HostedCopy& session) override;
    void on_started(HostedCopy& session, OutcomeCode code, std::chrono::microseconds delay,
                    const std::string& why) override;
    void on_outcomes(HostedCopy& session, std::span<const HostOutcome> outcomes) override;
    void on_timings(HostedCopy& session, std::span<const CallTiming> timings) override;
    void on_returned(HostedCopy& session, std::span<const DeliveryNumber> deliveries) override;
    void on_log(HostedCopy& session, const HostLog& log) override;
    void on_output(HostedCopy& session, bool is_stderr, const std::string& line) override;
    void on_reply(HostedCopy& session, Sequence sequence, const std::string& json) override;
    void on_state_get(HostedCopy& session, std::uint64_t request, const std::string& key) override;
    void on_state_list(HostedCopy& session, std::uint64_t request, const std::string& prefix, const std::string& after,
                       std::uint32_t limit) override;
    void on_slow(HostedCopy& session, Sequence sequence, std::uint32_t callback,
                 std::chrono::milliseconds running) override;
    void on_drained(HostedCopy& session) override;
    void on_exit(HostedCopy& session, HostExit exit) override;

    // Life (plugin_runner.cpp)
    void advance();
    void advance_soon();
    bool should_run() const;
    void open_consumer();
    struct Opened {
        std::shared_ptr<Consumer> consumer;
        ProgressPage::Recovery recovery;
        PluginMemo memo;
        std::vector<LibraryCopy> good_copies;
        std::string problem;
    };
    static Opened open(const RunnerServices& services, const std::string& name, const PluginOptions& options,
                       const EngineOptions& engine, const LibraryStore& store);  // on the pool
    void consumer_opened(Opened opened);
    void make_page();
    bool needs_candidate() const;
    void end_active();
    void finish_shutdown();
    void let_go();
    // `incident`: what is known of the callback, the event and the plain reason.
    void disable_now(const std::string& why, const std::string& build, Incident incident);
    void tell(Incident::Kind kind, Incident incident) const;
    void keep_disabled(const std::string& why, const std::string& build, Sequence event);
    void wait_until(SteadyTime when, std::string what);
    void bury(std::unique_ptr<HostedCopy> session);
    void save_memo();
    std::string waits_for() const;
    std::string reason() const;
    void note_state();
    void log(int level, const std::string& text) const;

    // Orders (plugin_runner_orders.cpp)
    void run_operation();

    // Loading (plugin_runner_loading.cpp)
    void take_copy(const PluginFile& file, bool forced);
    void copy_taken(LibraryStore::Taken taken, bool forced);
    void enable_if_changed();
    void spawn_candidate();
    void settings_checked(CheckedSettings settings, const std::shared_ptr<const FilterSet>& filters);
    void start_candidate();
    void load_failed(const HostedCopy& session, const std::string& why, bool crash_or_failure);

    // Events (plugin_runner_deliveries.cpp, plugin_runner_outcomes.cpp)
    void pump();
    void deliver_waiting();
    bool wants_more() const;
    const Consumer::Wanted& wanted();
    bool fetch_recent();
    bool lags_behind_unwanted();
    void fetch();
    void took(const Consumer::Fetched& fetched);
    void fetched(Consumer::Fetched fetched, const std::shared_ptr<const FilterSet>& filters, bool in_order);
    void fetch_failed(const std::string& why);
    void deliver(Delivery delivery);
    std::vector<std::uint32_t> callbacks_for(const Delivery& delivery) const;
    void finish(Sequence sequence);
    void finish_staged();
    void settle_event(HostedCopy& session, const HostOutcome& outcome, const DeliveryWindow::InFlight& in_flight);
    void settle_tick(HostedCopy& session, const HostOutcome& outcome, const DeliveryWindow::InFlight& in_flight);
    void settle_host_after_commit();
    void await_returns();
    void settle_host();
    void hold(std::chrono::microseconds delay, const std::string& why);
    void end_hold();
    void give_back_waiting();
    void arm_timer();
    OnError policy_of(const HostedCopy& session, std::uint32_t callback) const;

    // Ends (plugin_runner_ends.cpp)
    void settle_survey(HostedCopy& session, const HostExit& exit);
    void active_crashed(HostedCopy& session, const HostExit& exit, const Delivery* running);
    void time_of_crash(const HostedCopy& session, const HostExit& exit, const Delivery& running) const;
    void report_crash(HostedCopy& session, const HostExit& exit, const std::shared_ptr<const Event>& event);

    RunnerServices& services_;
    const std::string name_;
    PluginOptions options_;
    const bool known_;

    // What lies in the directory, and what we made of it.
    std::optional<PluginFile> file_;
    std::string absence_;                   // why there is none; empty: it is not there
    std::string file_problem_;              // why the present file is not used
    std::optional<LibraryCopy> copy_;       // what should run
    std::vector<LibraryCopy> good_copies_;  // ran; the newest last
    std::string bad_build_;                 // failed to load or start: not tried again by itself
    std::string reload_problem_;
    bool reload_forced_ = false;
    bool taking_copy_ = false;
    std::optional<std::pair<PluginFile, bool>> take_next_;

    PluginMemo memo_;
    bool memo_read_ = false;
    // Saves follow each other. None after the end: a handler can hold the runner for longer than the pool lives.
    std::optional<boost::asio::strand<boost::asio::thread_pool::executor_type>> memo_strand_;

    // The journal's side.
    std::shared_ptr<Consumer> consumer_;
    bool opening_ = false;
    std::optional<Sequence> head_at_first_sight_;  // where `start: latest` begins, however late the place is made
    bool former_name_released_ = false;            // of `state_of`
    std::string journal_problem_;
    std::shared_ptr<CommitPacer> pacer_;
    std::shared_ptr<ProgressPage> page_;
    std::optional<int> page_blocked_by_;
    bool journal_may_have_more_ = true;
    std::optional<Sequence> unwanted_through_;  // nothing up to here is wanted, and it was not gone past yet
    bool fetching_ = false;
    std::shared_ptr<const Consumer::Wanted> wanted_;  // of `wanted_filters_`; shared with tasks on the pool
    std::shared_ptr<const FilterSet> wanted_filters_;
    std::uint64_t fetch_round_ = 0;  // rises when what is being fetched is not wanted any more

    // Hosts.
    std::unique_ptr<HostedCopy> active_;
    std::unique_ptr<HostedCopy> candidate_;
    DeliveryWindow window_;
    std::vector<Sequence> finished_;  // of the outcomes that are being gone through, not said to the consumer yet
    TimerSchedule timers_;
    bool host_waits_ = false;      // for settle()
    bool said_is_durable_ = true;  // what it waits for is committed …
    bool returns_due_ = false;     // … but it also hands back what it holds
    std::optional<SteadyTime> hold_until_;
    std::string hold_reason_;
    std::optional<SteadyTime> start_after_;  // backoff before the next host
    std::string start_waits_for_;
    RestartBudget budget_;

    struct Operation {
        std::function<void(Consumer&)> run;
        Done done;
    };
    std::deque<Operation> operations_;
    bool operation_runs_ = false;
    std::function<void()> shut_down_done_;
    bool shutting_down_ = false;
    bool stopped_ = false;

    boost::asio::steady_timer timer_;
    std::optional<SteadyTime> timer_due_;  // what it waits for
    bool advance_posted_ = false;

    // For the status.
    PluginState noted_state_ = PluginState::loading;
    std::string noted_reason_;
    Timestamp state_since_{};
    std::uint64_t delivered_ = 0, done_ = 0, ignored_ = 0, retried_ = 0, failed_ = 0, expired_ = 0, unwanted_ = 0;
    std::shared_ptr<std::atomic<std::uint64_t>> own_skipped_;
    std::uint64_t crashes_ = 0, reloads_ = 0;
    std::string last_error_;
    std::deque<std::string> log_tail_;
};

}  // namespace foley::core
