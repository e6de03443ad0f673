// PluginRunner: the end of a host, expected or not, and what the plugin tells of itself.
#include "core/engine/plugin_runner.hpp"

#include <foley/abi.h>

#include <algorithm>
#include <utility>

namespace foley::core {
void PluginRunner::on_exit(HostedCopy& session, HostExit exit) {
    session.phase = HostedCopy::Phase::ended;
    const bool crash = is_crash(exit.reason);
    if (&session == candidate_.get()) {
        if (crash) {
            ++crashes_;
            report_crash(session, exit, nullptr);
        }
        std::optional<std::chrono::milliseconds> pause;
        if (crash && !active_ && options_.on_crash != OnCrash::disable)
            pause = budget_.crashed(services_.clock.steady());
        if (pause) {
            log(FOLEY_LOG_ERROR, exit.why + "; starts again in " + std::to_string(pause->count()) + " ms");
            wait_until(services_.clock.steady() + *pause, "a restart after a crash: " + exit.why);
        } else {
            load_failed(session, exit.why, crash);
        }
        bury(std::move(candidate_));
        return advance();
    }
    if (&session != active_.get()) return;

    const DeliveryWindow::InFlight* running = nullptr;
    if (exit.survey.running) running = window_.find(DeliveryNumber{exit.survey.running->delivery});
    const std::optional<Delivery> running_delivery =
        running != nullptr ? std::optional(running->delivery) : std::nullopt;
    if (crash && running_delivery) time_of_crash(session, exit, *running_delivery);
    settle_survey(session, exit);
    if (crash) active_crashed(session, exit, running_delivery ? &*running_delivery : nullptr);
    host_waits_ = false;
    returns_due_ = false;
    hold_until_.reset();
    if (!crash && exit.reason != HostExit::Reason::stopped && !memo_.disabled && !start_after_ &&
        bad_build_ != session.copy.build) {
        log(FOLEY_LOG_ERROR, "its host ended: " + exit.why);
        wait_until(services_.clock.steady() + std::chrono::seconds(1), exit.why);
    }
    bury(std::move(active_));
    services_.progressed(name_);
    advance();
}

// The page knows better than the frames: what was finished is final, the rest goes back.
void PluginRunner::settle_survey(HostedCopy& session, const HostExit& exit) {
    std::vector<Sequence> finished = exit.survey.finished;
    std::sort(finished.begin(), finished.end());
    for (auto& [number, in_flight] : window_.take_in_flight()) {
        if (!in_flight.delivery.event) continue;
        const Sequence sequence = in_flight.delivery.event->sequence;
        if (std::binary_search(finished.begin(), finished.end(), sequence)) {
            ++done_;
            consumer_->finish(sequence);
            continue;
        }
        std::optional<AttemptRecord> record;
        if (exit.survey.running && exit.survey.running->delivery == number && exit.survey.running->rest_only) {
            // The callbacks before the one that was running are finished; they need not run again in this build.
            record = in_flight.delivery.record;
            if (record->build != session.copy.build) record->finished_callbacks.clear();
            record->build = session.copy.build;
            record->first_failed_at = {};  // nobody knows when there is a host again
            for (const std::uint32_t callback : in_flight.callbacks) {
                if (callback < exit.survey.running->callback) record->finished_callbacks.push_back(callback);
            }
            std::sort(record->finished_callbacks.begin(), record->finished_callbacks.end());
        }
        consumer_->give_back(sequence, std::move(record));
    }
    give_back_waiting();
    pacer_->now({});
}

void PluginRunner::active_crashed(HostedCopy& session, const HostExit& exit, const Delivery* running) {
    ++crashes_;
    const std::shared_ptr<const Event> event = running != nullptr ? running->event : nullptr;
    report_crash(session, exit, event);
    std::string where;
    if (exit.survey.running) where = session.callback_name(exit.survey.running->callback);
    if (where.empty()) where = exit.phase;
    const std::string why =
        where + (event ? ", event " + std::to_string(event->sequence.value) + ": " : ": ") + exit.why;
    last_error_ = why;
    if (memo_.disabled || shutting_down_) return;
    if (exit.phase == "on_start") return load_failed(session, why, true);
    const bool replaced = copy_ && copy_->build != session.copy.build;
    if (replaced || exit.reason == HostExit::Reason::drain_timeout) {
        // Its file changed already, or it was asked to end and did not: what runs next starts with a clean sheet.
        log(FOLEY_LOG_ERROR, why);
        return;
    }
    std::optional<std::chrono::milliseconds> pause;
    if (options_.on_crash != OnCrash::disable) pause = budget_.crashed(services_.clock.steady());
    if (options_.on_crash == OnCrash::quarantine && event && pause) {
        AttemptRecord record = running->record;
        ++record.attempts;
        record.last_reason = exit.why;
        consumer_->dead_letter(event->sequence, "crashed the plugin: " + why, std::move(record), services_.clock.now());
        log(FOLEY_LOG_ERROR, "event " + std::to_string(event->sequence.value) + " is kept as a dead letter: " + why);
        tell(Incident::Kind::dead_letter, {.callback = where, .event = event, .reason = "it crashed: " + exit.why});
    }
    if (!pause) return disable_now(why, session.copy.build, {.callback = where, .event = event, .reason = exit.why});
    log(FOLEY_LOG_ERROR, why + "; starts again in " + std::to_string(pause->count()) + " ms");
    wait_until(services_.clock.steady() + *pause, "a restart after a crash: " + exit.why);
}

void PluginRunner::report_crash(HostedCopy& session, const HostExit& exit, const std::shared_ptr<const Event>& event) {
    CrashReport report;
    report.plugin = name_;
    report.at = services_.clock.now();
    if (exit.survey.running) report.callback = session.callback_name(exit.survey.running->callback);
    if (report.callback.empty()) report.callback = exit.phase;
    if (event) {
        report.sequence = event->sequence;
        report.event_source = event->source;
        report.event_id = event->id;
        report.event_type = event->type;
    }
    report.library = session.copy.path.string();
    report.what = exit.why;
    report.log_tail.assign(log_tail_.begin(), log_tail_.end());
    write_crash_report(services_.io, services_.options->symbolizer_program,
                       services_.options->state_directory / "crashes", std::move(report), exit.crash,
                       [weak = weak_from_this()](const CrashReport& written) {
                           if (const std::shared_ptr<PluginRunner> self = weak.lock(); self && !self->stopped_) {
                               self->memo_.last_crash = written.id;
                               self->save_memo();
                               self->services_.listener.on_crash(written);
                           }
                       });
}

// ── observe ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PluginState PluginRunner::state() const {
    using Phase = HostedCopy::Phase;
    if (stopped_) return PluginState::stopped;
    // Disabled and paused are said when the process has ended: until then it may be in a callback.
    const bool stands_still = memo_.disabled || memo_.paused || !options_.enabled;
    if (active_ && (stands_still || active_->phase == Phase::draining || active_->phase == Phase::stopping)) {
        return PluginState::draining;
    }
    if (memo_.disabled) return PluginState::disabled;
    if (memo_.paused) return PluginState::paused;
    if (active_ && active_->phase == Phase::starting) return PluginState::starting;
    if (active_ && active_->phase == Phase::running) {
        return waits_for().empty() ? PluginState::running : PluginState::blocked;
    }
    if (!file_) return PluginState::absent;
    if (!options_.enabled) return PluginState::disabled;
    if (!file_problem_.empty()) return PluginState::refused;
    if (page_blocked_by_ || !journal_problem_.empty()) return PluginState::blocked;
    if (start_after_) return crashes_ > 0 && !last_error_.empty() ? PluginState::restarting : PluginState::blocked;
    return PluginState::loading;
}

std::string PluginRunner::waits_for() const {
    if (page_blocked_by_) {
        return "process " + std::to_string(*page_blocked_by_) + " of an earlier daemon, which cannot be ended";
    }
    if (!journal_problem_.empty()) return journal_problem_;
    if (pacer_ && !pacer_->problem().empty()) return pacer_->problem();
    if (hold_until_) return hold_reason_;
    if (start_after_) return start_waits_for_;
    if (const std::optional<Sequence> first = window_.first_waiting(); first && window_.in_flight() == 0) {
        if (std::string other = services_.kept_back_by(name_, *first); !other.empty()) return "plugin " + other;
    }
    return {};
}

std::string PluginRunner::reason() const {
    switch (state()) {
        case PluginState::disabled:
        case PluginState::draining:
            if (memo_.disabled) return memo_.disabled->reason;
            if (memo_.paused) return "paused by hand";
            return options_.enabled ? "" : "disabled in the configuration (enabled: false)";
        case PluginState::refused:
            return file_problem_;
        case PluginState::paused:
            return "paused by hand";
        case PluginState::blocked:
        case PluginState::restarting:
            return waits_for();
        case PluginState::absent:
            return absence_.empty() ? "there is no file of that name in a plugin directory" : absence_;
        case PluginState::loading:
        case PluginState::starting:
        case PluginState::running:
        case PluginState::stopped:
        case PluginState::available:
            return {};
    }
    return {};
}

PluginStatus PluginRunner::status() const {
    PluginStatus status;
    status.name = name_;
    status.state = state();
    status.reason = reason();
    status.waits_for = waits_for();
    status.since = state_since_;
    if (file_) {
        status.file = file_->path.string();
        status.shadowed = file_->shadowed;
    }
    status.reload_problem = reload_problem_;
    if (active_) {
        status.build = active_->copy.build;
        status.hello = active_->hello;
        if (active_->process) {
            status.pid = active_->process->pid();
            status.in_callback = active_->process->in_callback();
        }
    } else if (candidate_) {
        status.hello = candidate_->hello;
    }
    status.consumer.name = name_;
    if (consumer_) status.consumer = consumer_->info();
    const Sequence head = services_.journal.head();
    status.lag_events = head.value - std::min(head.value, status.consumer.position.value);
    status.in_flight = window_.events_in_flight();
    status.delivered = delivered_;
    status.done = done_;
    status.ignored = ignored_;
    status.retried = retried_;
    status.failed = failed_;
    status.expired = expired_;
    status.own_skipped = own_skipped_->load(std::memory_order_relaxed);
    status.unwanted = unwanted_;
    status.crashes = crashes_;
    status.reloads = reloads_ > 0 ? reloads_ - 1 : 0;
    status.last_error = last_error_;
    status.last_crash = memo_.last_crash;
    status.dry_run = options_.dry_run;
    return status;
}

bool PluginRunner::lets_pass(Sequence event) const {
    if (consumer_ && consumer_->finished(event)) return true;
    switch (state()) {
        case PluginState::disabled:
        case PluginState::paused:
        case PluginState::absent:
        case PluginState::refused:
        case PluginState::stopped:
        case PluginState::available:
            return true;
        case PluginState::loading:
        case PluginState::starting:
        case PluginState::running:
        case PluginState::draining:
        case PluginState::blocked:
        case PluginState::restarting:
            return false;
    }
    return false;
}

std::shared_ptr<const FilterSet> PluginRunner::filters() const {
    return active_ ? active_->filters : nullptr;
}

void PluginRunner::note_state() {
    const PluginState now = state();
    const std::string why = reason();
    if (now == noted_state_ && why == noted_reason_) return;
    if (now != noted_state_) state_since_ = services_.clock.now();
    noted_state_ = now;
    noted_reason_ = why;
    services_.listener.on_plugin_state(status());
    services_.progressed(name_);
}

}  // namespace foley::core
