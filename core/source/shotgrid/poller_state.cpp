// What a poller makes of good and bad answers, and what it shows of itself.
#include "core/source/shotgrid/poller.hpp"

#include <foley/abi.h>
#include <foley/site/error.hpp>

#include <algorithm>
#include <utility>

namespace foley::core::shotgrid {

using std::chrono::milliseconds;

void Poller::heard(const std::optional<Timestamp>& site_now) {
    const auto now = context_.clock.now();
    board_.change([now](SourceStatus& status) { status.last_heard_at = now; });
    if (!site_now) return;
    site_ahead_ = std::chrono::round<std::chrono::seconds>(*site_now - now);
    const bool differs = std::chrono::abs(*site_ahead_) > std::chrono::minutes(1);
    if (differs && !clock_told_)
        log(FOLEY_LOG_WARNING, "the clocks of the site and of this machine differ by " +
                                   std::to_string(site_ahead_->count()) + " s; nothing depends on that");
    clock_told_ = differs;
}

void Poller::succeeded() {
    site_backoff_.reset();
    if (!last_failure_.empty()) log(FOLEY_LOG_INFO, "the site answers again");
    last_failure_.clear();
    const auto state = board_.get().state;
    if (state != SourceState::live && std::exchange(was_live_, true))
        board_.change([](SourceStatus& status) { ++status.reconnects; });
}

// The place stays where it is, whatever it was.
SteadyTime Poller::failed(const SiteError& error) {
    using Kind = SiteError::Kind;
    const auto now = context_.clock.steady();
    if (stopping_()) return now;
    checked_ = false;
    // The answer may be too long for this connection, or hold something that breaks it.
    const auto kind = error.kind();
    if (kind == Kind::timeout || kind == Kind::not_json || kind == Kind::server)
        page_ = std::max<std::size_t>(page_ / 2, 1);
    const bool may_pass = error.transient() || kind == Kind::server;
    if (!may_pass) return refuse(error.what());
    auto delay = site_backoff_.next();
    if (const auto* status = dynamic_cast<const site::StatusError*>(&error); status != nullptr && status->retry_after())
        delay = std::max(delay, std::min<milliseconds>(*status->retry_after(), options_.refused_delay));
    if (last_failure_ != error.what()) log(FOLEY_LOG_WARNING, std::string(error.what()) + ". Trying again.");
    last_failure_ = error.what();
    board_.set_state(SourceState::waiting, error.what(), context_.clock.now() + delay);
    return now + delay;
}

// Needs a person: loud, and tried slowly.
SteadyTime Poller::refuse(const std::string& sentence) {
    const auto now = context_.clock.steady();
    if (last_failure_ != sentence || now - failure_told_ >= options_.repeat_error) {
        failure_told_ = now;
        log(FOLEY_LOG_ERROR, sentence + ". This needs a person; trying again every " +
                                 std::to_string(options_.refused_delay.count() / 1000) + " s.");
    }
    last_failure_ = sentence;
    board_.set_state(SourceState::refused, sentence, context_.clock.now() + options_.refused_delay);
    return now + options_.refused_delay;
}

void Poller::publish() {
    std::string detail;
    const auto& gaps = cursor_.gaps;
    if (!question_trouble_.empty()) detail = "cannot ask for missing events: " + question_trouble_;
    if (gaps.open_ranges() >= options_.most_gaps)
        detail = "waits: " + std::to_string(gaps.open_ids()) + " events are missing, and too many gaps are open";
    board_.set_state(SourceState::live, std::move(detail));
    board_.change([&](SourceStatus& status) {
        status.open_gaps = gaps.open_ranges();
        status.more = {{"position", std::to_string(cursor_.last)},
                       {"missing", to_string(gaps.open(), 5)},
                       {"given_up", to_string(gaps.closed(), 5)},
                       {"late", std::to_string(late_)},
                       {"never_appeared", std::to_string(unfilled_)},
                       {"excluded", std::to_string(excluded_)},
                       {"requests", std::to_string(log_.requests())},
                       {"site_clock", site_ahead_ ? std::to_string(site_ahead_->count()) + " s" : "unknown"}};
    });
}

void Poller::log(int level, const std::string& text) const {
    if (context_.log) context_.log(level, text);
}

}  // namespace foley::core::shotgrid
