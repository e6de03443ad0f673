#include "core/report/mail_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace foley::core {

void MailQueue::configure(std::optional<MailOptions> options, SteadyTime now) {
    options_ = std::move(options);
    if (!options_) {
        waiting_.clear();
        on_its_way_ = false;
        groups_.forget();
        try_again_.reset();
        return;
    }
    groups_.configure(options_->limits, options_->machine);
    if (try_again_) try_again_ = now;
    pause_ = {};
}

void MailQueue::add(const Notice& notice, SteadyTime now) {
    if (!options_ || !options_->about.contains(notice.kind)) return;
    if (auto draft = groups_.add(notice, options_->recipients(notice), now)) push(std::move(*draft));
}

void MailQueue::add_all() {
    for (MailGroups::Draft& draft : groups_.take_all())
        push(std::move(draft));
}

void MailQueue::push(MailGroups::Draft draft) {
    if (waiting_.size() >= kMostMails) {
        waiting_.erase(waiting_.begin() + (on_its_way_ ? 1 : 0));
        ++lost_;
    }
    waiting_.push_back(std::move(draft));
}

std::optional<Mail> MailQueue::next(Timestamp at, SteadyTime now) {
    if (!options_) return std::nullopt;
    for (MailGroups::Draft& draft : groups_.take_due(now))
        push(std::move(draft));
    if (waiting_.empty() || (try_again_ && now < *try_again_)) return std::nullopt;
    const MailGroups::Draft& draft = waiting_.front();
    Mail mail;
    mail.from = options_->from;
    mail.to = draft.to;
    mail.subject = options_->subject_prefix + (options_->subject_prefix.empty() ? "" : " ") + draft.text.subject;
    mail.body = draft.text.body;
    on_its_way_ = true;
    lost_told_ = lost_;
    if (lost_ > 0)
        mail.body += fmt::format("{} mails before this one could not be delivered and were dropped.\n", lost_);
    mail.at = at;
    mail.id = fmt::format("{}.{}.{}", at.time_since_epoch().count(), ::getpid(), ++counter_);
    return mail;
}

std::optional<SteadyTime> MailQueue::next_due() const {
    if (!options_) return std::nullopt;
    std::optional<SteadyTime> due = groups_.next_due();
    if (waiting_.empty()) return due;
    const SteadyTime when = try_again_.value_or(SteadyTime::min());
    return due ? std::min(*due, when) : when;
}

// The settings may have gone meanwhile, and the mail with them.
void MailQueue::take_sent() {
    if (std::exchange(on_its_way_, false)) waiting_.pop_front();
}

MailQueue::Said MailQueue::sent() {
    take_sent();
    const std::uint64_t lost = std::exchange(lost_told_, 0);
    lost_ -= std::min(lost_, lost);
    last_refusal_.clear();
    pause_ = {};
    if (!std::exchange(try_again_, std::nullopt)) return {};
    return {false, lost == 0 ? "mails go out again"
                             : fmt::format("mails go out again; {} were dropped while the server was away", lost)};
}

MailQueue::Said MailQueue::failed(const MailError& error, SteadyTime now) {
    if (!options_) return {};
    if (error.kind() == MailError::Kind::refused) {
        take_sent();
        ++lost_;
        try_again_.reset();
        if (std::exchange(last_refusal_, error.what()) == error.what()) return {};
        return {true, std::string(error.what()) + ". That mail is dropped; the same again is not said."};
    }
    on_its_way_ = false;
    const bool is_new = !try_again_;
    pause_ = pause_.count() == 0 ? pauses_.first : std::min(pause_ * 2, pauses_.longest);
    try_again_ = now + pause_;
    if (!is_new) return {};
    return {true, std::string("mails cannot be sent: ") + error.what() +
                      ". They are kept and tried again; this is said once until it works."};
}

}  // namespace foley::core
