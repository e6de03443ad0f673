// HostSession: what is late: limits in time, the watchdog, and what is finished behind a callback that takes long.
#include "core/hosting/host_exit.hpp"
#include "core/hosting/host_session.hpp"
#include "core/hosting/printable.hpp"
#include "core/os/process_handle.hpp"

#include <algorithm>

#include <signal.h>

namespace foley::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kPageLook = 50ms;  // a callback that runs so long does not keep back what was finished before it
constexpr auto kStackWait = 5s;
constexpr auto kStackPoll = 10ms;

}  // namespace

void HostSession::limit(std::chrono::milliseconds after, HostExit::Reason reason, std::string why) {
    limit_timer_.expires_after(after);
    limit_timer_.async_wait(
        [self = shared_from_this(), reason, why = std::move(why)](const boost::system::error_code& error) mutable {
            if (!error) self->kill(reason, std::move(why));
        });
}

std::chrono::milliseconds HostSession::watch_interval() const noexcept {
    return outstanding_.empty() ? watchdog_.interval()
                                : std::min<std::chrono::milliseconds>(watchdog_.interval(), kPageLook);
}

// The host tells of what is finished in batches, and not while it is in a callback. What stood before a callback that
// takes long is on the page, and final, so nobody need wait for its end.
void HostSession::take_from_page() {
    if (!page_ || outstanding_.size() < 2) return;
    PageSurvey survey = page_->survey(outstanding_.first(), last_);
    std::sort(survey.finished.begin(), survey.finished.end());
    std::vector<HostOutcome> outcomes;
    outstanding_.each([&](DeliveryNumber delivery, Sequence sequence) {
        if (sequence.value == 0 || !std::binary_search(survey.finished.begin(), survey.finished.end(), sequence))
            return false;
        HostOutcome& outcome = outcomes.emplace_back();
        outcome.delivery = delivery;
        outcome.sequence = sequence;
        return false;
    });
    for (const HostOutcome& outcome : outcomes) {
        outstanding_.take(outcome.delivery);
        taken_from_page_.insert(outcome.delivery);
    }
    if (!outcomes.empty()) tell([&](HostListener& listener) { listener.on_outcomes(outcomes); });
}

void HostSession::watch() {
    watch_timer_.expires_after(watch_interval());
    watch_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->listener_ == nullptr || self->overdue_) return;
        const auto call = self->record_.call();
        if (call && std::chrono::steady_clock::now() - call->since >= kPageLook) self->take_from_page();
        if (self->listener_ == nullptr) return;
        const auto now = std::chrono::steady_clock::now();
        switch (self->watchdog_.check(call, self->signs(), now)) {
            case HostWatchdog::Verdict::fine:
                break;
            case HostWatchdog::Verdict::slow:
                self->tell([&](HostListener& listener) {
                    listener.on_slow(call->sequence, call->callback,
                                     std::chrono::duration_cast<std::chrono::milliseconds>(now - call->since));
                });
                break;
            case HostWatchdog::Verdict::overdue:
                self->on_overdue(
                    (call->phase == Phase::on_start ? std::string("on_start") : self->name_of(call->callback)) +
                    " ran for more than " + to_text(self->spec_.limits.callback_timeout) +
                    " without a sign of progress");
                break;
            case HostWatchdog::Verdict::silent:
                self->on_overdue("gave no sign of life for " + to_text(self->spec_.limits.silence_timeout) +
                                 " between callbacks, with " + std::to_string(self->outstanding_.size()) +
                                 " events waiting for it; its process may be stopped");
                break;
        }
        if (self->listener_ != nullptr && !self->overdue_) self->watch();
    });
}

bool HostSession::owes_answer() const noexcept {
    if (unsettled_) return false;
    return !outstanding_.empty() || (page_ && !answered_);
}

HostWatchdog::Signs HostSession::signs() const {
    return {.owes = owes_answer(), .frames = frames_heard_, .last_call = record_.last_call()};
}

void HostSession::on_overdue(std::string why) {
    if (is_traced(child_.pid())) return;  // somebody is looking at it in a debugger
    overdue_ = true;
    child_.send_signal(SIGRTMIN + kStackSignalOffset);
    await_stack(std::chrono::steady_clock::now() + kStackWait, std::move(why));
}

void HostSession::await_stack(std::chrono::steady_clock::time_point deadline, std::string why) {
    if (record_.crash_is_complete() || std::chrono::steady_clock::now() >= deadline) {
        kill(HostExit::Reason::watchdog, std::move(why));
        return;
    }
    watch_timer_.expires_after(kStackPoll);
    watch_timer_.async_wait(
        [self = shared_from_this(), deadline, why = std::move(why)](const boost::system::error_code& error) mutable {
            if (!error) self->await_stack(deadline, std::move(why));
        });
}

std::string HostSession::name_of(std::uint32_t callback) const {
    if (hello_ && callback < hello_->callbacks.size()) return printable(hello_->callbacks[callback].name);
    return "callback " + std::to_string(callback);
}

}  // namespace foley::core
