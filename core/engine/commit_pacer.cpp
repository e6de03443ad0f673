#include "core/engine/commit_pacer.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace foley::core {
namespace {

constexpr std::chrono::milliseconds kTryAgain{1000};  // after a commit that failed

}  // namespace

CommitPacer::CommitPacer(boost::asio::io_context& io, std::chrono::milliseconds interval,
                         std::function<std::function<void()>()> begin)
    : io_(io), timer_(io), interval_(interval), begin_(std::move(begin)) {}

void CommitPacer::soon() {
    commit_within(interval_);
}

void CommitPacer::some_time() {
    commit_within(std::max(kSomeTime, interval_));
}

void CommitPacer::commit_within(std::chrono::milliseconds limit) {
    wanted_within_ = wanted_ ? std::min(wanted_within_, limit) : limit;
    wanted_ = true;
    if (committing_ || stopped_) return;
    const auto due = std::chrono::steady_clock::now() + limit;
    if (timer_runs_ && timer_due_ <= due) return;
    timer_runs_ = true;
    timer_due_ = due;
    timer_.expires_at(due);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error) return;  // set to another time
        self->timer_runs_ = false;
        self->commit();
    });
}

void CommitPacer::now(std::function<void()> then) {
    wanted_ = true;
    if (then) waiting_.push_back(std::move(then));
    if (!committing_) commit();
}

void CommitPacer::stop() {
    stopped_ = true;
    timer_.cancel();
    waiting_.clear();
}

void CommitPacer::commit() {
    if (stopped_ || committing_ || !wanted_ || !consumer_) return;
    wanted_ = false;
    committing_ = true;
    std::vector<std::function<void()>> actions = std::exchange(waiting_, {});
    if (std::function<void()> action = begin_()) actions.insert(actions.begin(), std::move(action));
    // The journal calls back on the thread of whoever wrote.
    consumer_->commit([self = shared_from_this(), actions = std::move(actions)](std::exception_ptr error) mutable {
        boost::asio::post(self->io_, [self, error, actions = std::move(actions)]() mutable {
            self->finished(error, std::move(actions));
        });
    });
}

void CommitPacer::finished(std::exception_ptr error, std::vector<std::function<void()>> actions) {
    committing_ = false;
    if (stopped_) return;
    if (error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& exception) {
            problem_ = exception.what();
        }
        // What waited still waits, in front of what came meanwhile.
        waiting_.insert(waiting_.begin(), std::make_move_iterator(actions.begin()),
                        std::make_move_iterator(actions.end()));
        wanted_ = true;
        return commit_within(kTryAgain);
    }
    problem_.clear();
    for (const std::function<void()>& action : actions)
        action();
    if (!waiting_.empty()) {
        commit();
    } else if (wanted_) {
        commit_within(wanted_within_);
    }
}

}  // namespace foley::core
