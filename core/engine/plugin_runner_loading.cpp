// PluginRunner: from a file that has changed to a copy of it that runs.
#include "core/engine/plugin_runner.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace foley::core {

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

}  // namespace foley::core
