#include "core/hosting/host/host_loop.hpp"

#include "core/hosting/demangle.hpp"
#include "core/hosting/host/abi_read.hpp"
#include "core/hosting/printable.hpp"

#include <algorithm>
#include <cstdio>

namespace foley::core {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::chrono::milliseconds kBatchTime{5};
constexpr std::chrono::seconds kLockLimit{10};

DeliveryNumber delivery_of(std::string_view body) {
    return WireReader(body).u64();
}

std::int64_t now_us() {
    return SystemClock().now().time_since_epoch().count();
}

foley_event abi_event(const EventFrame& event) {
    foley_event given{};
    given.size = sizeof given;
    given.sequence = event.sequence.value;
    given.kind = static_cast<std::int32_t>(event.kind);
    given.shape = static_cast<std::int32_t>(event.shape);
    given.source = text_of(event.source);
    given.id = text_of(event.id);
    given.type = text_of(event.type);
    given.payload = text_of(event.payload);
    given.site = text_of(event.site);
    given.received_at = event.received_at.time_since_epoch().count();
    given.deadline = event.deadline;
    given.attempt = event.attempt;
    return given;
}

foley_outcome empty_outcome() {
    foley_outcome outcome{};
    outcome.size = sizeof outcome;
    outcome.code = FOLEY_DONE;
    return outcome;
}

HostOutcome outcome_of(const EventFrame& event) {
    HostOutcome outcome;
    outcome.delivery = event.delivery;
    outcome.sequence = event.sequence;
    return outcome;
}

bool plainly_finished(OutcomeCode code) {
    return code == OutcomeCode::done || code == OutcomeCode::ignored;
}

}  // namespace

HostLoop::HostLoop(Channel& channel, RecordWriter& record)
    : channel_(channel), record_(record), api_(channel, record, [this](const Frame& frame) { handle(frame); }) {}

void HostLoop::run() {
    for (;;) {
        // No system call between events, unless the daemon says that something urgent is there.
        if (record_.attention()) {
            while (const auto frame = channel_.poll())
                handle(*frame);
        }
        if (stop_asked_) stop();
        if (drain_asked_ && !drained_) drain();
        if (run_next()) continue;
        if (const auto frame = channel_.buffered()) {
            handle(*frame);
            continue;
        }
        flush();
        handle(channel_.receive());
    }
}

void HostLoop::handle(const Frame& frame) {
    switch (frame.type) {
        case FrameType::start:
            return start(frame.body);
        case FrameType::event:
            return take_event(frame.body);
        case FrameType::timer:
            return take_timer(frame.body);
        case FrameType::settle:
            decode_empty(frame.body);
            mode_ = Mode::running;
            return;
        case FrameType::drain:
            decode_empty(frame.body);
            drain_asked_ = true;
            return;
        case FrameType::stop:
            decode_empty(frame.body);
            stop_asked_ = true;
            return;
        default:
            throw ProtocolError("the daemon sent a frame that does not belong here");
    }
}

void HostLoop::take_event(std::string_view body) {
    if (!page_) throw ProtocolError("the daemon delivered an event before start");
    if (mode_ == Mode::returning || drained_) {
        returned_.push_back(delivery_of(body));
    } else {
        events_.emplace_back(body);
    }
}

void HostLoop::take_timer(std::string_view body) {
    if (!page_) throw ProtocolError("the daemon delivered a timer before start");
    const TimerFrame timer = decode_timer(body);
    if (timer.callback >= api_.callbacks().size()) throw ProtocolError("the daemon named an unknown callback");
    if (mode_ == Mode::returning || drained_) {
        returned_.push_back(timer.delivery);
    } else {
        timers_.push_back(timer);
    }
}

// ── start ────────────────────────────────────────────────────────────────────────────────────────────────────────

void HostLoop::start(std::string_view body) {
    if (page_) throw ProtocolError("the daemon started the host twice");
    const StartFrame start = decode_start(body);
    api_.configure(start);
    timings_wanted_ = start.timings;
    policies_ = start.callback_policies;
    policies_.resize(api_.callbacks().size(), OnError::disable);
    page_.emplace(start.page, kLockLimit);

    Result result;
    if (plugin_.start != nullptr) result = call({.phase = Phase::on_start}, nullptr);
    std::string frames;
    auto writes = api_.state().take();
    if (result.code == OutcomeCode::done && !writes.empty()) {
        HostOutcome outcome;
        outcome.writes = std::move(writes);
        encode_outcomes(frames, {&outcome, 1});
        mode_ = Mode::waiting;
    }
    encode(frames, StartedFrame{result.code, result.delay, result.why});
    channel_.send(frames);
    if (result.code != OutcomeCode::done) record_.end_host(Ending::refused);
    record_.end();
    started_ = true;
}

// ── callbacks ────────────────────────────────────────────────────────────────────────────────────────────────────

bool HostLoop::run_next() {
    if (!started_ || mode_ != Mode::running || drained_) return false;
    // What is finished is not kept back by a callback that takes long. (One that follows at once is the daemon's
    // affair: it looks at the page.)
    if (!outcomes_.empty() && std::chrono::steady_clock::now() - first_outcome_ >= kBatchTime) flush();
    if (!timers_.empty()) {
        const TimerFrame timer = timers_.front();
        timers_.pop_front();
        run_timer(timer);
        return true;
    }
    if (events_.empty()) return false;
    const std::string body = std::move(events_.front());
    events_.pop_front();
    run_event(body);
    return true;
}

// Calls one function of the plugin, the place where its exceptions end.
HostLoop::Result HostLoop::call(const RecordWriter::Call& call, const foley_event* event) {
    Result result;
    foley_outcome outcome = empty_outcome();
    record_.begin(call);
    try {
        if (call.phase == Phase::on_start) {
            plugin_.start(plugin_.self, &outcome);
        } else {
            const HostApi::Callback& callback = api_.callbacks()[call.callback];
            callback.call(callback.self, event, &outcome);
        }
        const bool known = outcome.code >= FOLEY_DONE && outcome.code <= FOLEY_AGAIN_AFTER;
        const bool again = outcome.code == FOLEY_AGAIN_AFTER && call.phase != Phase::timer;
        result.code = known && !again ? OutcomeCode{static_cast<std::uint8_t>(outcome.code)} : OutcomeCode::failed;
        result.why = printable(utf8_prefix(view(outcome.why), kMaxWhy));
        if (!known) result.why = "returned the unknown outcome " + std::to_string(outcome.code);
        if (again) result.why = "returned again_after, which is for timers only";
        result.backoff = outcome.backoff != 0;
        result.delay = std::chrono::microseconds{std::max<std::int64_t>(outcome.delay, 0)};
    } catch (...) {  // the plugin was not written against the C++ SDK, which lets nothing through
        result.code = OutcomeCode::failed;
        result.why = printable(utf8_prefix(describe_current_exception(), kMaxWhy));
    }
    if (result.code == OutcomeCode::failed) {
        api_.state().drop_callback();
    } else {
        api_.state().keep_callback();
    }
    return result;
}

HostLoop::Result HostLoop::timed_call(const RecordWriter::Call& what, const foley_event* event) {
    if (!timings_wanted_) return call(what, event);
    const Timestamp start = SystemClock().now();
    const auto begin = std::chrono::steady_clock::now();
    Result result = call(what, event);
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    timings_.push_back({what.delivery, what.callback, start, taken, result.code});
    return result;
}

HostOutcome HostLoop::run_callbacks(const EventFrame& event, const foley_event& given) {
    HostOutcome outcome = outcome_of(event);
    bool any_done = false;
    for (const std::uint32_t callback : event.callbacks) {
        if (callback >= api_.callbacks().size()) throw ProtocolError("the daemon named an unknown callback");
        // What those before it wrote, or how one of them failed, is in this process only: if it dies now, they run
        // again.
        const bool rest_only = plainly_finished(outcome.code) && api_.state().empty();
        page_->begin(event.delivery, event.sequence, callback, rest_only);
        Result result = timed_call({Phase::event, callback, event.sequence, event.delivery}, &given);
        if (plainly_finished(result.code)) {
            outcome.finished_callbacks.push_back(callback);
            any_done = any_done || result.code == OutcomeCode::done;
            if (outcome.code == OutcomeCode::failed) continue;  // one that may be skipped failed before
        } else if (outcome.code == OutcomeCode::failed && result.code == OutcomeCode::failed) {
            if (policies_[callback] == OnError::skip) continue;  // the first failure is the one that is told
        }
        outcome.code = result.code;
        outcome.callback = callback;
        outcome.backoff = result.backoff;
        outcome.delay = result.delay;
        outcome.why = std::move(result.why);
        const bool skippable = result.code == OutcomeCode::failed && policies_[callback] == OnError::skip;
        if (!plainly_finished(result.code) && !skippable) break;
    }
    if (outcome.code == OutcomeCode::ignored && any_done) outcome.code = OutcomeCode::done;
    return outcome;
}

void HostLoop::run_event(const std::string& body) {
    const EventFrame event = decode_event(body);
    if (event.deadline != 0 && now_us() > event.deadline) {
        HostOutcome outcome = outcome_of(event);
        outcome.code = OutcomeCode::ignored;
        outcome.callback = event.callbacks.empty() ? 0 : event.callbacks.front();
        outcome.why = "expired";
        page_->begin(event.delivery, event.sequence, outcome.callback, true);
        return report(std::move(outcome));
    }
    const foley_event given = abi_event(event);
    api_.set_event(&event);
    HostOutcome outcome = run_callbacks(event, given);
    api_.set_event(nullptr);
    report(std::move(outcome));
}

void HostLoop::run_timer(const TimerFrame& timer) {
    page_->begin(timer.delivery, Sequence{0}, timer.callback, true);
    Result result = call({Phase::timer, timer.callback, Sequence{0}, timer.delivery}, nullptr);
    HostOutcome outcome;
    outcome.delivery = timer.delivery;
    outcome.callback = timer.callback;
    outcome.code = result.code;
    outcome.backoff = result.backoff;
    outcome.delay = result.delay;
    outcome.why = std::move(result.why);
    if (plainly_finished(result.code)) outcome.finished_callbacks.push_back(timer.callback);
    report(std::move(outcome));
}

// ── reporting ────────────────────────────────────────────────────────────────────────────────────────────────────

void HostLoop::report(HostOutcome outcome) {
    outcome.writes = api_.state().take();
    const DeliveryNumber delivery = outcome.delivery;
    const bool plain = !outcome.needs_settle();
    const bool finished = outcome.finished();
    // What is final on the page is so before the record says that no callback runs.
    if (plain) page_->end(delivery, SlotState::finished);
    const auto now = std::chrono::steady_clock::now();
    if (outcomes_.empty()) first_outcome_ = now;
    outcomes_.push_back(std::move(outcome));
    if (plain) {
        record_.end();
        if (outcomes_.size() >= kBatch || now - first_outcome_ >= kBatchTime) flush();
        return;
    }
    mode_ = finished ? Mode::waiting : Mode::returning;
    if (!finished) hand_back();
    flush();
    // After the frame: whoever kills the host in between, the daemon has the outcome, or believes the callback running.
    page_->end(delivery, SlotState::open);
    record_.end();
}

void HostLoop::hand_back() {
    for (const TimerFrame& timer : timers_)
        returned_.push_back(timer.delivery);
    for (const std::string& body : events_)
        returned_.push_back(delivery_of(body));
    timers_.clear();
    events_.clear();
}

void HostLoop::flush() {
    std::string frames;
    if (!timings_.empty()) encode_timings(frames, timings_);
    if (!outcomes_.empty()) encode_outcomes(frames, outcomes_);
    if (!returned_.empty()) encode_returned(frames, returned_);
    timings_.clear();
    outcomes_.clear();
    returned_.clear();
    if (!frames.empty()) channel_.send(frames);
}

// ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

void HostLoop::drain() {
    drained_ = true;
    hand_back();
    flush();
    if (page_) page_->release_lock();
    std::string frame;
    encode_empty(frame, FrameType::drained);
    channel_.send(frame);
}

void HostLoop::stop() {
    hand_back();
    flush();
    if (started_ && plugin_.stop != nullptr) {
        record_.begin({.phase = Phase::on_stop});
        try {
            plugin_.stop(plugin_.self);
        } catch (...) {
            api_.log(FOLEY_LOG_ERROR, "on_stop failed: " + describe_current_exception());
        }
        record_.end();
    }
    // The plugin's static destructors are not run: on_stop is the place to tidy up, and threads of it may still run.
    std::fflush(nullptr);
    record_.end_host(Ending::stopped);
}

}  // namespace foley::core
