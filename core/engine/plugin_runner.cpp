#include "core/engine/plugin_runner.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace foley::core {
namespace {

constexpr std::chrono::milliseconds kStopLimit{5000};
constexpr std::chrono::milliseconds kRecoveryLimit{5000};
constexpr std::chrono::seconds kTryAgain{5};

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
    if (!known_ && !consumer_ && !head_at_first_sight_) head_at_first_sight_ = services_.journal.info().head;
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
    log(FOLEY_LOG_INFO, "its file is gone; its position is kept");
    file_.reset();
    copy_.reset();
    file_problem_.clear();
    reload_problem_.clear();
    bad_build_.clear();
    take_next_.reset();
    advance();
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

void PluginRunner::journal_grew() {
    journal_may_have_more_ = true;
    pump();
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

// ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void PluginRunner::enable(bool skip_event, Done done) {
    if (!options_.enabled) {
        done(name_ + " is disabled in the configuration; set `enabled: true` there and send foleyd a SIGHUP");
        return;
    }
    if (!memo_.disabled && bad_build_.empty() && !memo_.paused) {
        done(name_ + " is not disabled; nothing to enable");
        return;
    }
    const Sequence event = memo_.disabled ? memo_.disabled->event : Sequence{};
    const std::string reason = memo_.disabled ? memo_.disabled->reason : std::string();
    if (skip_event && event.value == 0) {
        done(name_ + " is not disabled by an event; enable it without --skip-event");
        return;
    }
    const auto run_again = [self = shared_from_this(), done](const std::string& error) {
        if (error.empty()) {
            self->memo_.disabled.reset();
            self->memo_.paused = false;
            self->bad_build_.clear();
            self->file_problem_.clear();
            self->budget_.forget();
            self->start_after_.reset();
            self->save_memo();
            self->log(FOLEY_LOG_INFO, "enabled");
            self->advance_soon();
        }
        done(error);
    };
    if (!skip_event) {
        run_again({});
        return;
    }
    with_consumer_at_rest(
        [event, reason, now = services_.clock.now()](Consumer& consumer) {
            consumer.dead_letter(event, "skipped by hand: " + reason, AttemptRecord{}, now);
        },
        run_again);
}

void PluginRunner::disable(const std::string& why, Done done) {
    const std::string sentence = why.empty() ? "disabled by hand" : "disabled by hand: " + why;
    log(FOLEY_LOG_INFO, sentence);
    keep_disabled(sentence, copy_ ? copy_->build : "", {});
    done({});
}

void PluginRunner::pause(Done done) {
    memo_.paused = true;
    save_memo();
    advance();
    done({});
}

void PluginRunner::resume(Done done) {
    if (!memo_.paused) {
        done(name_ + " is not paused");
        return;
    }
    memo_.paused = false;
    save_memo();
    advance();
    done({});
}

void PluginRunner::reload(Done done) {
    if (!file_) {
        done(name_ + " has no file in any plugin directory");
        return;
    }
    take_copy(*file_, true);
    done({});
}

void PluginRunner::rollback(Done done) {
    const std::string present = active_ ? active_->copy.build : copy_ ? copy_->build : "";
    for (auto good = good_copies_.rbegin(); good != good_copies_.rend(); ++good) {
        if (good->build == present) continue;
        copy_ = *good;
        bad_build_.clear();
        memo_.disabled.reset();
        save_memo();
        reload_problem_ = "rolled back by hand to build " + good->build.substr(0, 12) + "; the newest file is not used";
        advance();
        done({});
        return;
    }
    done(name_ + " has no earlier good copy to go back to");
}

void PluginRunner::with_consumer_at_rest(std::function<void(Consumer&)> operation, Done done) {
    if (!consumer_) {
        done(name_ + " has no place in the journal yet: " +
             (journal_problem_.empty() ? "it is just being opened, try again" : journal_problem_));
        return;
    }
    operations_.push_back({std::move(operation), std::move(done)});
    advance();
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
        page_ = ProgressPage::create(page_file(*services_.options, name_), services_.page_identity, options_.window);
        journal_problem_.clear();
    } catch (const std::exception& error) {
        journal_problem_ = error.what();
        log(FOLEY_LOG_ERROR, "cannot be started: its progress page cannot be made: " + journal_problem_);
        pacer_->soon();
        pacer_->now({});
        wait_until(services_.clock.steady() + kTryAgain, journal_problem_);
    }
}

void PluginRunner::take_copy(const PluginFile& file, bool forced) {
    if (taking_copy_) {
        take_next_ = {file, forced};
        return;
    }
    taking_copy_ = true;
    boost::asio::post(services_.file_pool,
                      [weak = weak_from_this(), &io = services_.io, store = services_.store, file, forced] {
                          LibraryStore::Taken taken;
                          try {
                              taken = store->take(file);
                          } catch (const std::exception& error) {
                              taken.refused = file.path.string() + " cannot be copied aside: " + error.what();
                          }
                          boost::asio::post(io, [weak, forced, taken = std::move(taken)]() mutable {
                              if (const std::shared_ptr<PluginRunner> self = weak.lock())
                                  self->copy_taken(std::move(taken), forced);
                          });
                      });
}

void PluginRunner::copy_taken(LibraryStore::Taken taken, bool forced) {
    taking_copy_ = false;
    if (stopped_) return;
    if (take_next_) {
        const auto [next, next_forced] = *std::exchange(take_next_, std::nullopt);
        return take_copy(next, next_forced || forced);
    }
    if (!file_) return;
    if (!taken.copy) {
        // A half-written file is the ordinary course of a slow copy: no alarm while the old one runs.
        log(taken.still_growing ? FOLEY_LOG_INFO : FOLEY_LOG_ERROR, taken.refused);
        if (!taken.still_growing) tell(Incident::Kind::load_failed, {.reason = taken.refused});
        (active_ || copy_ ? reload_problem_ : file_problem_) = taken.refused;
        return advance();
    }
    const bool changed = !copy_ || copy_->build != taken.copy->build;
    copy_ = std::move(taken.copy);
    file_problem_.clear();
    reload_problem_.clear();
    bad_build_.clear();  // also when it is the same one again: what it lacked may be there now
    if (changed || forced) {
        budget_.forget();
        start_after_.reset();
        reload_forced_ = forced && active_ != nullptr;
        if (candidate_) bury(std::move(candidate_));
    }
    enable_if_changed();
    advance();
}

// A plugin that was disabled runs again when its file changes, also while the daemon was away.
void PluginRunner::enable_if_changed() {
    if (!memo_.disabled || !copy_ || memo_.disabled->build == copy_->build) return;
    if (memo_.disabled->build.empty()) {  // by hand, before any build was known: the first one is not a change
        memo_.disabled->build = copy_->build;
        return save_memo();
    }
    log(FOLEY_LOG_INFO, "its file changed: enabled again");
    memo_.disabled.reset();
    save_memo();
}

void PluginRunner::spawn_candidate() {
    candidate_ = std::make_unique<HostedCopy>(*this, *copy_);
    HostSpec spec;
    spec.program = services_.options->host_program;
    spec.library = copy_->path;
    spec.plugin = name_;
    spec.limits = options_.limits;
    spec.environment = options_.environment;
    try {
        candidate_->spawn(services_.io, std::move(spec));
    } catch (const std::exception& error) {
        candidate_.reset();
        const std::string why = std::string("its host cannot be started: ") + error.what();
        log(FOLEY_LOG_ERROR, why);
        wait_until(services_.clock.steady() + kTryAgain, why);
    }
}

void PluginRunner::on_hello(HostedCopy& session) {
    if (&session != candidate_.get()) return;
    if (!services_.options->check_settings) {
        session.phase = HostedCopy::Phase::ready;
        return advance_soon();
    }
    // The secrets among them are read from files, which may lie on a dead mount.
    boost::asio::post(services_.file_pool, [weak = weak_from_this(), &io = services_.io, name = name_,
                                            check = services_.options->check_settings,
                                            declared = session.hello->settings, filters = session.filters] {
        CheckedSettings settings;
        try {
            settings = check(name, declared);
        } catch (const std::exception& error) {
            settings.problems.emplace_back(error.what());
        }
        boost::asio::post(io, [weak, filters, settings = std::move(settings)]() mutable {
            if (const std::shared_ptr<PluginRunner> self = weak.lock())
                self->settings_checked(std::move(settings), filters);
        });
    });
}

// `filters` are those of the candidate that was asked for: it may have ended, or another may be here in its place.
void PluginRunner::settings_checked(CheckedSettings settings, const std::shared_ptr<const FilterSet>& filters) {
    if (stopped_ || !candidate_ || candidate_->filters != filters) return;
    if (!settings.problems.empty()) {
        std::string why = "its settings are wrong: ";
        for (std::size_t index = 0; index < settings.problems.size(); ++index) {
            why += (index == 0 ? "" : "; ") + settings.problems[index];
        }
        load_failed(*candidate_, why, false);
        bury(std::move(candidate_));
        return advance();
    }
    candidate_->settings_json = std::move(settings.json);
    candidate_->phase = HostedCopy::Phase::ready;
    advance_soon();
}

void PluginRunner::start_candidate() {
    give_back_waiting();
    active_ = std::move(candidate_);
    active_->phase = HostedCopy::Phase::starting;
    reload_forced_ = false;
    host_waits_ = false;
    returns_due_ = false;
    hold_until_.reset();
    page_->restore_head();
    HostStart start;
    start.page = page_->file();
    start.settings_json = active_->settings_json;
    start.sites_json = services_.sites_json(options_);
    start.dry_run = options_.dry_run;
    start.timings = services_.options->timings;
    for (std::uint32_t index = 0; index < active_->hello->callbacks.size(); ++index) {
        start.callback_policies.push_back(policy_of(*active_, index));
    }
    active_->process->start(std::move(start), page_);
}

void PluginRunner::on_started(HostedCopy& session, OutcomeCode code, std::chrono::microseconds delay,
                              const std::string& why) {
    if (&session != active_.get()) return;
    if (code == OutcomeCode::done || code == OutcomeCode::ignored) {
        session.phase = HostedCopy::Phase::running;
        const auto known = std::find(good_copies_.begin(), good_copies_.end(), session.copy);
        if (known != good_copies_.end()) good_copies_.erase(known);
        good_copies_.push_back(session.copy);
        if (good_copies_.size() > services_.options->keep_copies) good_copies_.erase(good_copies_.begin());
        std::vector<std::string> in_use;
        in_use.reserve(good_copies_.size());
        for (const LibraryCopy& copy : good_copies_)
            in_use.push_back(copy.build);
        if (std::exchange(memo_.good_builds, in_use) != in_use) save_memo();
        boost::asio::post(services_.file_pool, [store = services_.store, name = name_, in_use,
                                                keep = services_.options->keep_copies] {
            try {
                store->prune(name, keep, in_use);
            } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): an old copy more does no harm
            }
        });
        timers_ = TimerSchedule(session.hello->callbacks, services_.clock.steady());
        start_waits_for_.clear();
        ++reloads_;
        log(FOLEY_LOG_INFO,
            "runs build " + session.copy.build.substr(0, 12) + " in process " + std::to_string(session.process->pid()));
        journal_may_have_more_ = true;
        return advance();
    }
    session.phase = HostedCopy::Phase::stopping;
    session.process->stop(kStopLimit);
    if (code == OutcomeCode::failed) {
        load_failed(session, "on_start failed: " + why, true);
    } else {
        const auto pause = std::max<std::chrono::microseconds>(
            code == OutcomeCode::retry_after && delay.count() == 0 ? std::chrono::seconds(5) : delay,
            std::chrono::milliseconds(100));
        log(FOLEY_LOG_WARNING, "on_start asks to wait: " + why);
        wait_until(services_.clock.steady() + pause, "on_start: " + why);
    }
    advance();
}

// A copy cannot be loaded or started. The host that runs goes on; without one the copy before it is started again;
// without that the plugin is refused, or disabled when it crashed or failed.
void PluginRunner::load_failed(const HostedCopy& session, const std::string& why, bool crash_or_failure) {
    reload_forced_ = false;
    log(FOLEY_LOG_ERROR, why);
    if (active_ && active_.get() != &session) {
        if (active_->copy.build != session.copy.build) bad_build_ = session.copy.build;
        reload_problem_ = why + "; build " + active_->copy.build.substr(0, 12) + " goes on";
        return tell(Incident::Kind::load_failed, {.reason = reload_problem_});
    }
    bad_build_ = session.copy.build;
    for (auto good = good_copies_.rbegin(); good != good_copies_.rend(); ++good) {
        if (good->build == session.copy.build) continue;
        reload_problem_ = why + "; build " + good->build.substr(0, 12) + " goes on";
        copy_ = *good;
        return tell(Incident::Kind::load_failed, {.reason = reload_problem_});
    }
    if (crash_or_failure) {
        disable_now(why, session.copy.build, {});
    } else {
        file_problem_ = why;
        tell(Incident::Kind::load_failed, {.reason = why});
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

void PluginRunner::run_operation() {
    operation_runs_ = true;
    give_back_waiting();
    Operation operation = std::move(operations_.front());
    operations_.pop_front();
    boost::asio::post(services_.journal_pool, [self = shared_from_this(), operation = std::move(operation)]() mutable {
        std::string problem;
        try {
            operation.run(*self->consumer_);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        boost::asio::post(self->services_.io, [self, done = std::move(operation.done), problem]() mutable {
            if (self->stopped_) return;
            const auto finish = [self, done = std::move(done), problem] {
                self->operation_runs_ = false;
                self->journal_may_have_more_ = true;
                done(problem);
                self->services_.progressed(self->name_);
                self->advance();
            };
            if (problem.empty()) {
                self->pacer_->now(finish);
            } else {
                finish();
            }
        });
    });
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
