// PluginRunner: events on their way from the journal to the host, and when to look for the next.
#include "core/engine/plugin_runner.hpp"
#include "core/event/account.hpp"

#include <foley/abi.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace foley::core {
namespace {

constexpr std::size_t kFetchBytes = std::size_t{8} << 20;
constexpr std::size_t kFew = 64;
constexpr std::size_t kUnsentLimit = std::size_t{4} << 20;

}  // namespace

// ── to the host ──────────────────────────────────────────────────────────────────────────────────────────────────────

void PluginRunner::pump() {
    if (stopped_ || !active_ || active_->phase != HostedCopy::Phase::running || host_waits_ || hold_until_ ||
        operation_runs_) {
        return arm_timer();
    }
    while (page_->free_slots() > 0) {
        const std::optional<std::uint32_t> timer = timers_.take_due(services_.clock.steady());
        if (!timer) break;
        window_.sent(active_->process->tick(*timer), {Delivery{}, {*timer}});
    }
    deliver_waiting();
    while (wants_more() && fetch_recent())
        deliver_waiting();
    if (wants_more()) fetch();
    arm_timer();
}

void PluginRunner::deliver_waiting() {
    const std::function<bool(Sequence)> may_pass = [this](Sequence event) { return services_.may_pass(name_, event); };
    while (window_.in_flight() < options_.window && page_->free_slots() > 0 &&
           active_->process->unsent() < kUnsentLimit) {
        std::optional<Delivery> delivery = window_.next(may_pass);
        if (!delivery) break;
        deliver(std::move(*delivery));
    }
}

bool PluginRunner::wants_more() const {
    return journal_may_have_more_ && !fetching_ && window_.waiting() <= options_.window / 2;
}

const Consumer::Wanted& PluginRunner::wanted() {
    if (wanted_ && wanted_filters_ == active_->filters) return *wanted_;
    wanted_filters_ = active_->filters;
    auto made = std::make_shared<Consumer::Wanted>([filters = active_->filters,
                                                    own_users = services_.own_users(name_, options_),
                                                    own_skipped = own_skipped_](const Event& event) {
        if (!filters->wants(event)) return false;
        const bool own = std::any_of(own_users.begin(), own_users.end(),
                                     [&](const std::string& account) { return caused_by(event, account); });
        if (own) own_skipped->fetch_add(1, std::memory_order_relaxed);
        return !own;
    });
    made->type = [filters = active_->filters](EventKind kind, std::string_view type) {
        return filters->may_want(kind, type);
    };
    wanted_ = std::move(made);
    return *wanted_;
}

// What is next is in memory, and little of it that is wanted: no other thread need be woken for that. False: it is not,
// or it is much.
bool PluginRunner::fetch_recent() {
    const bool may_go = operations_.empty() && active_->phase == HostedCopy::Phase::running;
    if (!may_go) return false;
    std::optional<Consumer::Fetched> fetched =
        consumer_->fetch_recent(std::min<std::size_t>(kFew, options_.window), wanted(), services_.clock.now());
    if (!fetched) return false;
    journal_may_have_more_ = fetched->more || !fetched->deliveries.empty();
    took(*fetched);
    window_.add(std::move(fetched->deliveries));
    return true;
}

void PluginRunner::took(const Consumer::Fetched& fetched) {
    journal_problem_.clear();
    unwanted_ += fetched.unwanted;
    if (fetched.unwanted == 0) return;
    if (pacer_) pacer_->some_time();
    services_.progressed(name_);
}

void PluginRunner::fetch() {
    fetching_ = true;
    journal_may_have_more_ = false;
    const std::shared_ptr<const FilterSet> filters = active_->filters;
    const std::size_t limit = options_.window - std::min<std::size_t>(window_.waiting(), options_.window / 2);
    wanted();
    boost::asio::post(services_.journal_pool, [self = shared_from_this(), consumer = consumer_, filters, limit,
                                               wanted = wanted_, now = services_.clock.now(), round = fetch_round_] {
        Consumer::Fetched fetched;
        std::string problem;
        try {
            fetched = consumer->fetch(limit, kFetchBytes, *wanted, now);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        const bool more = fetched.more;
        boost::asio::post(self->services_.io, [self, filters, problem, round, fetched = std::move(fetched)]() mutable {
            self->fetching_ = false;
            if (self->stopped_) return;
            if (!problem.empty()) return self->fetch_failed(problem);
            self->fetched(std::move(fetched), filters, round == self->fetch_round_);
        });
        if (more) consumer->read_ahead();
    });
}

void PluginRunner::fetched(Consumer::Fetched fetched, const std::shared_ptr<const FilterSet>& filters, bool in_order) {
    journal_may_have_more_ = journal_may_have_more_ || fetched.more || !fetched.deliveries.empty();
    took(fetched);
    const bool still_wanted = in_order && active_ && active_->filters == filters && !stopped_ &&
                              active_->phase == HostedCopy::Phase::running && operations_.empty() && !hold_until_;
    if (still_wanted) {
        window_.add(std::move(fetched.deliveries));
        pump();
        note_state();
        return;
    }
    for (const Delivery& delivery : fetched.deliveries)
        consumer_->give_back(delivery.event->sequence);
    journal_may_have_more_ = true;
    advance();
}

void PluginRunner::fetch_failed(const std::string& why) {
    if (journal_problem_ != why) log(FOLEY_LOG_ERROR, "cannot read the journal: " + why);
    journal_problem_ = why;
    journal_may_have_more_ = true;
    hold(kTryAgain, why);
    advance();
}

std::vector<std::uint32_t> PluginRunner::callbacks_for(const Delivery& delivery) const {
    std::vector<std::uint32_t> callbacks = active_->filters->matching(*delivery.event);
    for (std::uint32_t& one : callbacks)
        one = active_->callback_of_filter[one];
    const AttemptRecord& record = delivery.record;
    if (record.finished_callbacks.empty() || record.build != active_->copy.build) return callbacks;
    std::erase_if(callbacks, [&](std::uint32_t callback) {
        return std::find(record.finished_callbacks.begin(), record.finished_callbacks.end(), callback) !=
               record.finished_callbacks.end();
    });
    return callbacks;
}

void PluginRunner::deliver(Delivery delivery) {
    std::vector<std::uint32_t> callbacks = callbacks_for(delivery);
    if (callbacks.empty()) {  // this build does not want it, or all its callbacks are finished
        consumer_->finish(delivery.event->sequence);
        ++unwanted_;
        pacer_->soon();
        services_.progressed(name_);
        return;
    }
    const DeliveryNumber number = active_->process->deliver(*delivery.event, callbacks, delivery.record.attempts + 1,
                                                            services_.site_of_source(delivery.event->source));
    ++delivered_;
    window_.sent(number, {std::move(delivery), std::move(callbacks)});
}

void PluginRunner::give_back_waiting() {
    if (!consumer_) return;
    for (const Delivery& delivery : window_.take_waiting())
        consumer_->give_back(delivery.event->sequence);
    journal_may_have_more_ = true;
}

OnError PluginRunner::policy_of(const HostedCopy& session, std::uint32_t callback) const {
    if (session.hello && callback < session.hello->callbacks.size()) {
        return session.hello->callbacks[callback].on_error.value_or(options_.on_error);
    }
    return options_.on_error;
}

// ── the journal grew ─────────────────────────────────────────────────────────────────────────────────────────────────

bool PluginRunner::journal_grew(bool may_lag) {
    if (may_lag && lags_behind_unwanted()) return false;
    catch_up();
    return true;
}

// It was at the end of the journal, and of what came since it wants nothing.
bool PluginRunner::lags_behind_unwanted() {
    const bool at_end =
        active_ && active_->phase == HostedCopy::Phase::running && !journal_may_have_more_ && !fetching_;
    if (!at_end) return false;
    const std::optional<Sequence> through = consumer_->unwanted_through(unwanted_through_, wanted());
    if (through) unwanted_through_ = through;
    return through.has_value();
}

void PluginRunner::catch_up() {
    unwanted_through_.reset();
    journal_may_have_more_ = true;
    pump();
}

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// One timer for all that is due some day: the end of a hold or of a backoff, a retry, a tick.
void PluginRunner::arm_timer() {
    if (stopped_) return;
    const SteadyTime now = services_.clock.steady();
    std::optional<SteadyTime> next;
    const auto consider = [&next](SteadyTime when) {
        if (!next || when < *next) next = when;
    };
    if (hold_until_) consider(*hold_until_);
    if (start_after_) consider(*start_after_);
    const bool runs = active_ && active_->phase == HostedCopy::Phase::running && !host_waits_ && !hold_until_;
    if (runs) {
        // A full page is waited for by its release, not by the clock.
        const std::optional<SteadyTime> tick = page_->free_slots() > 0 ? timers_.next() : std::nullopt;
        if (tick) consider(*tick);
        // Once it is known that there may be something, the window's room decides, not the time.
        const std::optional<Timestamp> due = journal_may_have_more_ ? std::nullopt : consumer_->next_due();
        if (due) {
            consider(now + std::max<Timestamp::duration>(*due - services_.clock.now(), std::chrono::milliseconds(1)));
        }
    }
    if (next == timer_due_) return;
    timer_due_ = next;
    if (!next) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(*next);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const std::shared_ptr<PluginRunner> self = weak.lock();
        if (error || !self || self->stopped_) return;
        self->timer_due_.reset();
        const SteadyTime at = self->services_.clock.steady();
        if (self->hold_until_ && at >= *self->hold_until_) self->end_hold();
        if (self->start_after_ && at >= *self->start_after_) self->start_after_.reset();
        self->journal_may_have_more_ = true;  // a retry may be due
        self->advance();
    });
}

}  // namespace foley::core
