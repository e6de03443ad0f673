#include "core/source/shotgrid/follower.hpp"

#include <foley/abi.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace foley::core {

namespace {

// However long there is nothing to do: a clock that is a test's own may have moved.
constexpr std::chrono::milliseconds kLongestWait = std::chrono::seconds(1);

// Named by webhooks while the poller is busy. What is left out is found by asking as usual.
constexpr std::size_t kMostHints = 500;

}  // namespace

ShotgridSource::Follower::Follower(ShotgridSourceOptions options, SourceContext context,
                                   std::unique_ptr<site::Transport> transport)
    : options_(std::move(options)),
      context_(std::move(context)),
      board_(options_.name, "shotgrid", context_.clock),
      poller_(options_, make_site(std::move(transport)), context_, board_, [this] { return interrupted(); }) {
    if (options_.webhook)
        webhook_.emplace(*options_.webhook, context_, [this](const std::vector<std::uint64_t>& ids) { hear(ids); });
}

ShotgridSource::Follower::~Follower() {
    stop();
    join();
}

site::Shotgrid ShotgridSource::Follower::make_site(std::unique_ptr<site::Transport> transport) {
    // A request that hangs ends with the source, not with its time.
    if (!transport) transport = site::Shotgrid::http_transport(options_.connection, [this] { return interrupted(); });
    site::ShotgridOptions options;
    options.connect_timeout = options_.connect_timeout;
    options.total_timeout = options_.total_timeout;
    options.attempts = 1;  // the poller tries again, and shows that it does
    return {options_.connection, std::move(transport), std::move(options)};
}

// ── from other threads ──────────────────────────────────────────────────────────────────────────────────────────────

void ShotgridSource::Follower::start() {
    if (thread_.joinable()) throw std::logic_error("source '" + options_.name + "' runs already");
    thread_ = std::thread([this] { run(); });
    if (webhook_) webhook_->start();
}

void ShotgridSource::Follower::stop() {
    if (webhook_) webhook_->stop();
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
}

void ShotgridSource::Follower::join() {
    if (webhook_) webhook_->join();
    if (thread_.joinable()) thread_.join();
}

void ShotgridSource::Follower::pause(bool paused) {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
    woken_ = true;
    wake_.notify_all();
}

SourceStatus ShotgridSource::Follower::status() const {
    auto status = board_.get();
    if (!webhook_) return status;
    auto heard = webhook_->status();
    std::move(heard.begin(), heard.end(), std::back_inserter(status.more));
    if (status.detail.empty()) status.detail = webhook_->trouble();
    return status;
}

// However many come while the poller is busy: it looks once more.
void ShotgridSource::Follower::hear(const std::vector<std::uint64_t>& ids) {
    const std::lock_guard lock(mutex_);
    hints_.insert(hints_.end(), ids.begin(),
                  ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), kMostHints - hints_.size())));
    hinted_ = true;
    wake_.notify_all();
}

// ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────────────

void ShotgridSource::Follower::run() noexcept {
    try {
        work();
        poller_.keep_place();
        board_.set_state(SourceState::stopped, "");
    } catch (const std::exception& error) {
        // Nothing is expected here; but a source that is dead must be seen to be.
        if (context_.log) context_.log(FOLEY_LOG_ERROR, std::string("the source has stopped: ") + error.what());
        board_.set_state(SourceState::stopped, error.what());
    }
}

void ShotgridSource::Follower::work() {
    while (!stopping_) {
        if (!paused_) {
            wait_until(poller_.step());
            continue;
        }
        poller_.keep_place();
        board_.set_state(SourceState::paused, "paused by hand");
        while (paused_ && !stopping_)
            wait_until(SteadyTime::max());
        if (!stopping_) board_.set_state(SourceState::connecting, "");
        poller_.wake();
    }
}

void ShotgridSource::Follower::wait_until(SteadyTime when) {
    std::unique_lock lock(mutex_);
    while (!stopping_ && !std::exchange(woken_, false)) {
        if (std::exchange(hinted_, false)) when = std::min(when, poller_.hint(std::exchange(hints_, {})));
        const auto now = context_.clock.steady();
        if (now >= when) return;
        wake_.wait_for(lock, std::min<SteadyTime::duration>(when - now, kLongestWait));
    }
}

}  // namespace foley::core
