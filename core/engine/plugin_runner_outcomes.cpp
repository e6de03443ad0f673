// PluginRunner: what a host says: outcomes, events that it hands back, questions, log lines.
#include "core/engine/failure_policy.hpp"
#include "core/engine/plugin_runner.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace foley::core {

void PluginRunner::on_outcomes(HostedCopy& session, std::span<const HostOutcome> outcomes) {
    if (&session != active_.get()) return;
    for (const HostOutcome& outcome : outcomes) {
        if (!outcome.writes.empty()) {
            finish_staged();  // what is written goes with its own outcome, not with those before it
            std::vector<Consumer::Write> writes;
            writes.reserve(outcome.writes.size());
            for (const auto& [key, value] : outcome.writes)
                writes.push_back({key, value});
            consumer_->write(std::move(writes));
        }
        const std::optional<DeliveryWindow::InFlight> in_flight = window_.settle(outcome.delivery);
        if (in_flight && in_flight->delivery.event) {
            settle_event(session, outcome, *in_flight);
        } else if (in_flight) {
            settle_tick(session, outcome, *in_flight);
        } else if (outcome.delivery == 0) {  // what on_start wrote; the host waits before its first event
            settle_host_after_commit();
        }
    }
    finish_staged();
    pacer_->soon();
    if (page_->free_slots() < page_->slots() / 2) pacer_->now({});
    services_.progressed(name_);
    pump();
    note_state();
}

void PluginRunner::finish(Sequence sequence) {
    finished_.push_back(sequence);
}

void PluginRunner::finish_staged() {
    if (!finished_.empty()) consumer_->finish(finished_);
    finished_.clear();
}

// The host goes on when what it just said is durable.
void PluginRunner::settle_host_after_commit() {
    host_waits_ = true;
    said_is_durable_ = false;
    pacer_->now([weak = weak_from_this(), session = active_.get()] {
        const std::shared_ptr<PluginRunner> self = weak.lock();
        if (!self || self->active_.get() != session) return;
        self->said_is_durable_ = true;
        self->settle_host();
        self->services_.progressed(self->name_);
        self->pump();
        self->note_state();
    });
}

// After an outcome that is not finished the host hands back all that it holds. Until everything is back nothing new is
// sent, or a later event could overtake one of the same entity that is still on its way back.
void PluginRunner::await_returns() {
    returns_due_ = true;
    ++fetch_round_;  // what is being fetched now was chosen before this outcome
    give_back_waiting();
}

void PluginRunner::settle_host() {
    if (!active_ || !host_waits_ || hold_until_ || !said_is_durable_) return;
    if (returns_due_ && window_.in_flight() > 0) return;
    host_waits_ = false;
    returns_due_ = false;
    using Phase = HostedCopy::Phase;
    if (active_->phase == Phase::running || active_->phase == Phase::starting) active_->process->settle();
}

void PluginRunner::settle_event(HostedCopy& session, const HostOutcome& outcome,
                                const DeliveryWindow::InFlight& in_flight) {
    using Verdict = Decision::Verdict;
    const Event& event = *in_flight.delivery.event;
    if (outcome.finished()) {
        ++(outcome.code == OutcomeCode::done ? done_ : ignored_);
        if (outcome.why == "expired") ++expired_;
        finish(event.sequence);
        if (!outcome.needs_settle()) return;
        finish_staged();
        return settle_host_after_commit();
    }
    finish_staged();
    const FailurePolicy policy{policy_of(session, outcome.callback), options_.retry_attempts, options_.retry_for};
    Decision decision = decide(outcome, policy, in_flight.delivery.record, session.copy.build, services_.clock.now());
    const std::string where = session.callback_name(outcome.callback) + ", event " +
                              std::to_string(event.sequence.value) + " (" + event.type + " " + event.id + ")";
    await_returns();
    switch (decision.verdict) {
        case Verdict::finish:  // of what is finished, above
            return;
        case Verdict::retry:
            ++retried_;
            log(FOLEY_LOG_WARNING, where + ": again in " +
                                       std::to_string(decision.delay / std::chrono::milliseconds(1)) +
                                       " ms: " + decision.reason);
            consumer_->retry(event.sequence, services_.clock.now() + decision.delay, std::move(decision.record));
            return settle_host_after_commit();
        case Verdict::dead_letter:
            ++failed_;
            last_error_ = where + ": " + decision.reason;
            log(FOLEY_LOG_ERROR, where + ": given up, kept as a dead letter: " + decision.reason);
            consumer_->dead_letter(event.sequence, decision.reason, std::move(decision.record), services_.clock.now());
            tell(Incident::Kind::dead_letter, {.callback = session.callback_name(outcome.callback),
                                               .event = in_flight.delivery.event,
                                               .reason = decision.reason});
            return settle_host_after_commit();
        case Verdict::hold:
            if (outcome.code == OutcomeCode::failed) {
                ++failed_;
                last_error_ = where + ": " + decision.reason;
                log(FOLEY_LOG_ERROR, last_error_);
            }
            consumer_->give_back(event.sequence, std::move(decision.record));
            host_waits_ = true;
            said_is_durable_ = true;  // nothing that may not be said again
            return hold(decision.delay, decision.reason);
        case Verdict::disable:
            ++failed_;
            consumer_->give_back(event.sequence, std::move(decision.record));
            pacer_->now({});
            host_waits_ = true;  // it starts nothing more; advance() ends it
            said_is_durable_ = false;
            return disable_now(where + ": " + decision.reason, session.copy.build,
                               {.callback = session.callback_name(outcome.callback),
                                .event = in_flight.delivery.event,
                                .reason = decision.reason});
    }
}

void PluginRunner::settle_tick(HostedCopy& session, const HostOutcome& outcome,
                               const DeliveryWindow::InFlight& in_flight) {
    const std::uint32_t timer = in_flight.callbacks.front();
    const SteadyTime now = services_.clock.steady();
    if (!outcome.finished()) await_returns();
    std::optional<std::chrono::microseconds> again;
    if (outcome.code == OutcomeCode::again_after || outcome.code == OutcomeCode::retry_after) again = outcome.delay;
    if (outcome.code == OutcomeCode::hold) again = std::chrono::microseconds(0);
    timers_.finished(timer, now, again);
    const std::string where = "timer " + session.callback_name(timer);
    if (outcome.code == OutcomeCode::hold) {
        host_waits_ = true;
        said_is_durable_ = true;
        return hold(std::max<std::chrono::microseconds>(outcome.delay, std::chrono::milliseconds(10)), outcome.why);
    }
    if (outcome.code == OutcomeCode::failed) {
        ++failed_;
        last_error_ = where + ": " + outcome.why;
        if (policy_of(session, timer) == OnError::disable) {
            host_waits_ = true;
            said_is_durable_ = false;
            return disable_now(last_error_, session.copy.build,
                               {.callback = session.callback_name(timer), .reason = outcome.why});
        }
        log(FOLEY_LOG_ERROR, last_error_);
    }
    if (outcome.needs_settle()) settle_host_after_commit();
}

// The world is away: nothing is taken until then, and the event is the first again.
void PluginRunner::hold(std::chrono::microseconds delay, const std::string& why) {
    if (hold_reason_ != why) log(FOLEY_LOG_WARNING, "waits: " + why);
    hold_reason_ = why;
    hold_until_ = services_.clock.steady() + delay;
    give_back_waiting();
    arm_timer();
}

void PluginRunner::end_hold() {
    hold_until_.reset();
    settle_host();
    journal_may_have_more_ = true;
}

void PluginRunner::on_returned(HostedCopy& session, std::span<const DeliveryNumber> deliveries) {
    if (&session != active_.get()) return;
    for (const DeliveryNumber number : deliveries) {
        const std::optional<DeliveryWindow::InFlight> in_flight = window_.settle(number);
        if (!in_flight) continue;
        if (in_flight->delivery.event) {
            consumer_->give_back(in_flight->delivery.event->sequence);
        } else {
            timers_.returned(in_flight->callbacks.front());
        }
    }
    // Their slots can be used again once what was before them is durable.
    pacer_->soon();
    give_back_waiting();  // so that fetch hands all out again in order
    settle_host();
    pump();
}

void PluginRunner::on_reply(HostedCopy& session, Sequence sequence, const std::string& json) {
    (void)session;
    if (const DeliveryWindow::InFlight* in_flight = window_.find(sequence)) {
        services_.reply(*in_flight->delivery.event, json);
    }
}

void PluginRunner::on_state_get(HostedCopy& session, std::uint64_t request, const std::string& key) {
    boost::asio::post(services_.journal_pool, [self = shared_from_this(), consumer = consumer_, who = &session, request,
                                               key] {
        std::optional<std::string> value;
        std::string problem;
        try {
            value = consumer->get(key);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        boost::asio::post(self->services_.io, [self, who, request, problem, value = std::move(value)]() mutable {
            if (self->active_.get() != who) return;
            if (!problem.empty()) {
                return who->process->kill(HostExit::Reason::refused, "its key-value store cannot be read: " + problem);
            }
            who->process->answer_get(request, std::move(value));
        });
    });
}

void PluginRunner::on_state_list(HostedCopy& session, std::uint64_t request, const std::string& prefix,
                                 const std::string& after, std::uint32_t limit) {
    boost::asio::post(services_.journal_pool, [self = shared_from_this(), consumer = consumer_, who = &session, request,
                                               prefix, after, limit] {
        std::vector<std::pair<std::string, std::string>> pairs;
        std::string problem;
        try {
            pairs = consumer->list(prefix, after, limit);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        boost::asio::post(self->services_.io, [self, who, request, problem, pairs = std::move(pairs)]() mutable {
            if (self->active_.get() != who) return;
            if (!problem.empty()) {
                return who->process->kill(HostExit::Reason::refused, "its key-value store cannot be read: " + problem);
            }
            who->process->answer_list(request, std::move(pairs));
        });
    });
}

void PluginRunner::on_log(HostedCopy& session, const HostLog& line) {
    (void)session;
    constexpr std::size_t kTail = 50;
    log_tail_.push_back(line.text);
    if (log_tail_.size() > kTail) log_tail_.pop_front();
    services_.listener.on_plugin_log(name_, line.level, line.text, line.sequence);
}

void PluginRunner::on_output(HostedCopy& session, bool is_stderr, const std::string& line) {
    (void)session;
    services_.listener.on_plugin_output(name_, is_stderr, line);
}

void PluginRunner::on_slow(HostedCopy& session, Sequence sequence, std::uint32_t callback,
                           std::chrono::milliseconds running) {
    last_error_ = session.callback_name(callback) + " has been running for " +
                  std::to_string(running / std::chrono::seconds(1)) + " s" +
                  (sequence.value == 0 ? "" : " on event " + std::to_string(sequence.value));
    log(FOLEY_LOG_WARNING, last_error_);
}

}  // namespace foley::core
