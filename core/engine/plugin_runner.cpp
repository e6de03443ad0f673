#include "core/engine/plugin_runner.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>
#include <variant>

namespace foley::core {
namespace {

constexpr std::uint32_t kWindowsOnPage = 4;  // a power of two

constexpr std::chrono::milliseconds kRecoveryLimit{5000};

std::filesystem::path page_file(const EngineOptions& options, const std::string& name) {
    return options.state_directory / "pages" / (name + ".page");
}

std::filesystem::path memo_file(const EngineOptions& options, const std::string& name) {
    return options.state_directory / "plugins" / (name + ".json");
}

}  // namespace

PluginRunner::PluginRunner(RunnerServices& services, std::string name, PluginOptions options, bool known)
    : services_(services),
      name_(std::move(name)),
      options_(std::move(options)),
      known_(known),
      memo_strand_(services.journal_pool.get_executor()),
      budget_(options_.restarts, options_.restart_window),
      timer_(services.io),
      state_since_(services.clock.now()),
      own_skipped_(std::make_shared<std::atomic<std::uint64_t>>(0)) {}

PluginRunner::~PluginRunner() {
    if (pacer_) pacer_->stop();
}

// ── what happens around it ───────────────────────────────────────────────────────────────────────────────────────────

void PluginRunner::file_seen(const PluginFile& file) {
    file_ = file;
    if (!known_ && !consumer_ && !head_at_first_sight_) head_at_first_sight_ = services_.journal.head();
    advance();
}

void PluginRunner::file_settled(const PluginFile& file) {
    const bool only_shadow_changed = file_ && copy_ && file_->identity == file.identity && file_->path == file.path &&
                                     file_->shadowed != file.shadowed;
    file_ = file;
    if (only_shadow_changed) {
        note_state();
        return;
    }
    take_copy(file, false);
    advance();
}

void PluginRunner::file_removed() {
    log(FOLEY_LOG_INFO, (absence_.empty() ? "its file is gone" : absence_) + "; its position is kept");
    file_.reset();
    copy_.reset();
    file_problem_.clear();
    reload_problem_.clear();
    bad_build_.clear();
    take_next_.reset();
    advance();
}

void PluginRunner::explain_absence(const std::string& why) {
    if (absence_ == why) return;
    absence_ = why;
    note_state();
}

void PluginRunner::set_options(PluginOptions options) {
    options_ = std::move(options);
    budget_ = RestartBudget(options_.restarts, options_.restart_window);
    bad_build_.clear();
    file_problem_.clear();
    reload_forced_ = true;                        // hosts get settings and limits when they start
    if (candidate_) bury(std::move(candidate_));  // it was spawned, and its settings were checked, by the former ones
    advance();
}

void PluginRunner::neighbour_progressed() {
    if (window_.waiting() > 0) pump();
}

void PluginRunner::shut_down(std::function<void()> done) {
    if (stopped_) return done();
    shutting_down_ = true;
    if (auto earlier = std::exchange(shut_down_done_, nullptr)) {
        shut_down_done_ = [earlier = std::move(earlier), done = std::move(done)] {
            earlier();
            done();
        };
    } else {
        shut_down_done_ = std::move(done);
    }
    advance();
}

void PluginRunner::abandon() {
    stopped_ = true;
    timer_.cancel();
    active_.reset();
    candidate_.reset();
    operations_.clear();
    shut_down_done_ = nullptr;
    let_go();
}

// Of all that does not outlive the engine: handlers that are still in the loop's queue may hold the runner.
void PluginRunner::let_go() {
    if (pacer_) {
        pacer_->stop();
        pacer_->use(nullptr);  // a timer of it may still run for a moment
    }
    pacer_.reset();
    page_.reset();
    consumer_.reset();
    memo_strand_.reset();
}

// ── life ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

bool PluginRunner::should_run() const {
    return file_ && options_.enabled && copy_ && !memo_.disabled && !memo_.paused && !shutting_down_ &&
           operations_.empty() && !operation_runs_;
}

void PluginRunner::advance_soon() {
    if (advance_posted_) return;
    advance_posted_ = true;
    boost::asio::post(services_.io, [weak = weak_from_this()] {
        if (const std::shared_ptr<PluginRunner> self = weak.lock(); self && !self->stopped_) {
            self->advance_posted_ = false;
            self->advance();
        }
    });
}

void PluginRunner::advance() {
    if (stopped_) return;
    if (!consumer_) {
        if (shutting_down_ && !opening_) return finish_shutdown();
        // A position that is imported takes its place before the plugin's file is there, so that events wait for it.
        const bool imported = options_.enabled && std::holds_alternative<StartHandled>(options_.start);
        if (!shutting_down_ && (file_ || known_ || imported)) open_consumer();
        return note_state();
    }
    const bool run = should_run() && page_;
    if (!run && candidate_) bury(std::move(candidate_));
    if (active_) {
        const bool replace = candidate_ && candidate_->phase == HostedCopy::Phase::ready;
        if (!run || replace) end_active();
    } else if (run && candidate_ && candidate_->phase == HostedCopy::Phase::ready) {
        start_candidate();
    }
    if (run && !candidate_ && needs_candidate()) spawn_candidate();
    if (!active_) {
        // Not before the page is made anew: what the old one said must not undo what is done by hand now.
        if (!operations_.empty() && !operation_runs_ && !fetching_ && page_) run_operation();
        if (shutting_down_ && !fetching_ && !operation_runs_) return finish_shutdown();
    }
    pump();
    note_state();
}

bool PluginRunner::needs_candidate() const {
    if (start_after_ && services_.clock.steady() < *start_after_) return false;
    if (!active_) return copy_->build != bad_build_;
    if (active_->phase != HostedCopy::Phase::running) return false;
    return reload_forced_ || (active_->copy.build != copy_->build && copy_->build != bad_build_);
}

void PluginRunner::open_consumer() {
    if (opening_ || (start_after_ && services_.clock.steady() < *start_after_)) return;
    opening_ = true;
    if (!options_.state_of.empty() && !known_ && !former_name_released_) {
        services_.release(options_.state_of, [weak = weak_from_this()] {
            if (const std::shared_ptr<PluginRunner> self = weak.lock()) {
                if (self->stopped_) return;
                self->former_name_released_ = true;
                self->opening_ = false;
                self->advance();
            }
        });
        return;
    }
    PluginOptions options = options_;
    if (head_at_first_sight_ && std::holds_alternative<StartLatest>(options.start))
        options.start = StartAfter{*head_at_first_sight_};
    boost::asio::post(services_.journal_pool,
                      [weak = weak_from_this(), &services = services_, name = name_, options = std::move(options),
                       engine = services_.options, store = services_.store] {
                          auto opened = std::make_shared<Opened>();
                          try {
                              *opened = open(services, name, options, *engine, *store);
                          } catch (const std::exception& error) {
                              opened->problem = error.what();
                          }
                          boost::asio::post(services.io, [weak, opened] {
                              if (const std::shared_ptr<PluginRunner> self = weak.lock()) {
                                  if (!self->stopped_) self->consumer_opened(std::move(*opened));
                              }
                          });
                      });
}

PluginRunner::Opened PluginRunner::open(const RunnerServices& services, const std::string& name,
                                        const PluginOptions& options, const EngineOptions& engine,
                                        const LibraryStore& store) {
    Opened opened;
    opened.memo = PluginMemo::load(memo_file(engine, name));
    for (const std::string& build : opened.memo.good_builds) {
        if (std::optional<LibraryCopy> copy = store.find(name, build)) opened.good_copies.push_back(*std::move(copy));
    }
    if (!options.state_of.empty()) services.journal.rename_consumer(options.state_of, name);
    opened.recovery = ProgressPage::recover(page_file(engine, name), services.previous_identity, kRecoveryLimit);
    if (!opened.recovery.blocked_by) opened.consumer = services.journal.consumer(name, options.start);
    return opened;
}

void PluginRunner::consumer_opened(Opened opened) {
    opening_ = false;
    journal_problem_ = opened.problem;
    if (!opened.problem.empty()) {
        former_name_released_ = false;  // whoever has it may let go of it by then
        log(FOLEY_LOG_ERROR, "cannot be started: " + opened.problem);
        wait_until(services_.clock.steady() + kTryAgain, opened.problem);
        return advance();
    }
    const ProgressPage::Recovery& recovery = opened.recovery;
    page_blocked_by_ = recovery.blocked_by;
    if (page_blocked_by_) {
        const std::string who = "process " + std::to_string(*page_blocked_by_) +
                                " of an earlier daemon, which cannot be ended; it may hang in a dead file system";
        log(FOLEY_LOG_ERROR, "waits for " + who);
        wait_until(services_.clock.steady() + kTryAgain, who);
        return advance();  // it is tried again then
    }
    if (!memo_read_) {
        const PluginMemo by_hand = std::exchange(memo_, std::move(opened.memo));
        if (by_hand.disabled) memo_.disabled = by_hand.disabled;
        memo_.paused = memo_.paused || by_hand.paused;
        if (by_hand.disabled || by_hand.paused) save_memo();
        good_copies_ = std::move(opened.good_copies);
    }
    memo_read_ = true;
    enable_if_changed();
    start_after_.reset();
    consumer_ = std::move(opened.consumer);
    pacer_ = std::make_shared<CommitPacer>(
        services_.io, services_.options->commit_interval, [this]() -> std::function<void()> {
            if (!page_) return {};
            return [weak = weak_from_this(), page = page_, up_to = window_.settled_up_to()] {
                page->release(up_to);
                // Nothing else may happen that looks at the window again: the host has reported all it had.
                if (const std::shared_ptr<PluginRunner> self = weak.lock()) self->pump();
            };
        });
    pacer_->use(consumer_);
    if (recovery.believed) {
        for (const Sequence sequence : recovery.survey.finished)
            consumer_->finish(sequence);
        if (recovery.survey.running && recovery.survey.running->sequence.value != 0) {
            log(FOLEY_LOG_INFO, "event " + std::to_string(recovery.survey.running->sequence.value) +
                                    " was in a callback when the daemon ended; it runs again");
        }
    }
    // Only when what the old page said is durable may it be written over.
    pacer_->now([weak = weak_from_this()] {
        if (const std::shared_ptr<PluginRunner> self = weak.lock()) {
            self->make_page();
            self->advance_soon();
        }
    });
    advance();
}

void PluginRunner::make_page() {
    try {
        // Room for several windows: a slot is free again only when its outcome is on the disk, and that must not be
        // waited for once in every window.
        page_ = ProgressPage::create(page_file(*services_.options, name_), services_.page_identity,
                                     options_.window * kWindowsOnPage);
        journal_problem_.clear();
    } catch (const std::exception& error) {
        journal_problem_ = error.what();
        log(FOLEY_LOG_ERROR, "cannot be started: its progress page cannot be made: " + journal_problem_);
        pacer_->soon();
        pacer_->now({});
        wait_until(services_.clock.steady() + kTryAgain, journal_problem_);
    }
}

void PluginRunner::disable_now(const std::string& why, const std::string& build, Incident incident) {
    last_error_ = why;
    log(FOLEY_LOG_ERROR, "disabled: " + why);
    keep_disabled(why, build, incident.event ? incident.event->sequence : Sequence{});
    if (incident.reason.empty()) incident.reason = why;
    tell(Incident::Kind::disabled, std::move(incident));
}

void PluginRunner::tell(Incident::Kind kind, Incident incident) const {
    incident.kind = kind;
    incident.plugin = name_;
    services_.listener.on_incident(incident);
}

void PluginRunner::keep_disabled(const std::string& why, const std::string& build, Sequence event) {
    memo_.disabled = PluginMemo::Disabled{why, build, event, services_.clock.now()};
    save_memo();
    advance_soon();
}

void PluginRunner::end_active() {
    using Phase = HostedCopy::Phase;
    switch (active_->phase) {
        case Phase::starting:
        case Phase::running:
            active_->phase = Phase::draining;
            active_->process->drain(shutting_down_ ? services_.options->shutdown_timeout / 2
                                                   : services_.options->drain_timeout);
            give_back_waiting();
            break;
        case Phase::loading:
        case Phase::checking:
        case Phase::ready:
        case Phase::draining:
        case Phase::stopping:
        case Phase::ended:
            break;
    }
}

void PluginRunner::on_drained(HostedCopy& session) {
    if (session.phase != HostedCopy::Phase::draining) return;
    session.phase = HostedCopy::Phase::stopping;
    session.process->stop(kStopLimit);
}

void PluginRunner::finish_shutdown() {
    if (stopped_) return;
    stopped_ = true;
    timer_.cancel();
    note_state();
    const auto done = [self = shared_from_this()] {
        self->let_go();
        if (auto handler = std::exchange(self->shut_down_done_, nullptr)) handler();
    };
    if (!pacer_) return done();
    pacer_->soon();
    pacer_->now(done);
}

void PluginRunner::wait_until(SteadyTime when, std::string what) {
    start_after_ = when;
    start_waits_for_ = std::move(what);
    arm_timer();
}

// A session may be buried from inside one of its own calls, so its end comes a moment later.
void PluginRunner::bury(std::unique_ptr<HostedCopy> session) {
    if (!session) return;
    session->phase = HostedCopy::Phase::ended;
    boost::asio::post(services_.io, [dead = std::shared_ptr<HostedCopy>(std::move(session))] {});
}

void PluginRunner::save_memo() {
    if (!memo_strand_) return;
    boost::asio::post(*memo_strand_, [memo = memo_, file = memo_file(*services_.options, name_),
                                      weak = weak_from_this(), &io = services_.io] {
        try {
            memo.save(file);
        } catch (const std::exception& error) {
            boost::asio::post(io, [weak, why = std::string(error.what())] {
                if (const std::shared_ptr<PluginRunner> self = weak.lock(); self && !self->stopped_) {
                    self->log(FOLEY_LOG_ERROR, "its state cannot be written: " + why);
                }
            });
        }
    });
}

void PluginRunner::log(int level, const std::string& text) const {
    services_.listener.on_engine_log(level, "plugin " + name_ + ": " + text);
}

}  // namespace foley::core
