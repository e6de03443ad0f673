#include "core/hosting/host_session.hpp"

#include "core/hosting/host_exit.hpp"
#include "core/hosting/printable.hpp"
#include "core/os/process_handle.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

#include <signal.h>
#include <unistd.h>

namespace foley::core {
namespace {

using namespace std::chrono_literals;
using Socket = boost::asio::local::stream_protocol::socket;

constexpr std::size_t kPerWake = 1024 * 1024;      // bytes read before others get a turn
constexpr std::size_t kAtEnd = 256 * 1024 * 1024;  // more than a socket can hold
constexpr auto kPageLook = 50ms;  // a callback that runs so long does not keep back what was finished before it
constexpr auto kStackWait = 5s;
constexpr auto kStackPoll = 10ms;
constexpr auto kClosedGrace = 2s;  // from the end of the socket to the end of the process

ChildProcess spawn_host(const HostSpec& spec, const RecordView& record, Socket& socket) {
    SocketPair pair = make_socket_pair();
    ChildSpec child;
    child.program = spec.program;
    child.arguments = {spec.plugin};
    child.environment = spec.environment;
    child.working_directory = spec.working_directory;
    child.inherit = {{pair.second.get(), kHostSocket}, {record.fd(), kHostRecord}};
    child.capture_output = true;
    ChildProcess process = ChildProcess::spawn(child);
    socket.assign(boost::asio::local::stream_protocol(), pair.first.release());
    socket.non_blocking(true);
    return process;
}

}  // namespace

HostSession::HostSession(boost::asio::io_context& io, HostSpec spec, HostListener& listener)
    : io_(io),
      spec_(std::move(spec)),
      listener_(&listener),
      socket_(io),
      child_(spawn_host(spec_, record_, socket_)),
      exit_watch_(io),
      output_(io, child_.take_output()),
      errors_(io, child_.take_errors()),
      limit_timer_(io),
      watch_timer_(io),
      watchdog_(spec_.limits.callback_warn, spec_.limits.callback_timeout, spec_.limits.silence_timeout) {
    UniqueFd watched(::dup(child_.pidfd()));  // the child keeps its own
    exit_watch_.assign(watched.release());
}

void HostSession::run() {
    const auto self = shared_from_this();
    exit_watch_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [self](const boost::system::error_code& error) {
                               if (!error) self->on_ended();
                           });
    output_.read(self, [this](const std::string& line) {
        tell([&](HostListener& listener) { listener.on_output(false, line); });
    });
    errors_.read(self, [this](const std::string& line) {
        tell([&](HostListener& listener) { listener.on_output(true, line); });
    });
    read();
    watch();
    encode(pending_, ConfigureFrame{.plugin = spec_.plugin,
                                    .library = spec_.library.string(),
                                    .memory = spec_.limits.memory,
                                    .files = spec_.limits.files,
                                    .processes = spec_.limits.processes,
                                    .core_dumps = spec_.limits.core_dumps});
    send_soon(Urgency::queued);
    limit(spec_.limits.hello_timeout, HostExit::Reason::hello_timeout,
          "the library was not loaded and registered within " + to_text(spec_.limits.hello_timeout));
}

void HostSession::abandon() {
    listener_ = nullptr;
    output_.close();
    errors_.close();
    kill(HostExit::Reason::stopped, "no longer wanted");
    limit_timer_.cancel();
    watch_timer_.cancel();
}

// ── what the runner asks ─────────────────────────────────────────────────────────────────────────────────────────

void HostSession::start(const HostStart& start, std::shared_ptr<ProgressPage> page) {
    page_ = std::move(page);
    timings_asked_ = start.timings;
    encode(pending_, StartFrame{.page = start.page.string(),
                                .settings_json = start.settings_json,
                                .sites_json = start.sites_json,
                                .dry_run = start.dry_run,
                                .timings = start.timings,
                                .callback_policies = start.callback_policies});
    send_soon(Urgency::queued);
}

DeliveryNumber HostSession::deliver(const Event& event, std::span<const std::uint32_t> callbacks, std::uint32_t attempt,
                                    std::string_view site) {
    const DeliveryNumber delivery = page_->allot();
    encode_event(pending_, delivery, event, callbacks, attempt, site);
    outstanding_.emplace(delivery, event.sequence);
    if (outstanding_.size() == 1 && !overdue_) watch();  // sooner than for an idle host
    if (first_ == 0) first_ = delivery;
    last_ = delivery;
    send_soon(Urgency::queued);
    return delivery;
}

DeliveryNumber HostSession::tick(std::uint32_t timer_callback) {
    const DeliveryNumber delivery = page_->allot();
    encode(pending_, TimerFrame{delivery, timer_callback});
    outstanding_.emplace(delivery, Sequence{0});
    if (first_ == 0) first_ = delivery;
    last_ = delivery;
    send_soon(Urgency::urgent);
    return delivery;
}

void HostSession::settle() {
    unsettled_ = false;
    encode_empty(pending_, FrameType::settle);
    send_soon(Urgency::urgent);
}

void HostSession::answer_get(std::uint64_t request, std::optional<std::string> value) {
    encode(pending_, StateValueFrame{request, std::move(value)});
    send_soon(Urgency::queued);
}

void HostSession::answer_list(std::uint64_t request, const std::vector<std::pair<std::string, std::string>>& pairs) {
    encode_state_pairs(pending_, request, pairs);
    send_soon(Urgency::queued);
}

void HostSession::drain(std::chrono::milliseconds after) {
    if (draining_ || stopping_) return;
    draining_ = true;
    encode_empty(pending_, FrameType::drain);
    send_soon(Urgency::urgent);
    limit(after, HostExit::Reason::drain_timeout,
          "did not finish its callback within " + to_text(after) + " of being asked to drain");
}

void HostSession::stop(std::chrono::milliseconds after) {
    if (stopping_) return;
    stopping_ = true;
    encode_empty(pending_, FrameType::stop);
    send_soon(Urgency::urgent);
    limit(after, HostExit::Reason::drain_timeout, "did not end within " + to_text(after) + " of being asked to stop");
}

void HostSession::kill(HostExit::Reason reason, std::string why) {
    if (!killed_) killed_ = Verdict{reason, std::move(why)};
    child_.send_signal(SIGKILL);
}

std::optional<Sequence> HostSession::in_callback() const {
    const auto call = record_.call();
    if (!call || call->phase != Phase::event) return std::nullopt;
    return call->sequence;
}

// ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────

void HostSession::send_soon(Urgency urgency) {
    if (urgency == Urgency::urgent) {
        urgent_unsent_ = true;
        record_.raise_attention();
    }
    if (writing_now_ || flush_posted_) return;
    // Once per turn of the loop, so that all frames of one turn leave in one call.
    flush_posted_ = true;
    boost::asio::post(io_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        if (!self->writing_now_) self->write();
    });
}

void HostSession::write() {
    if (written_ == writing_.size()) {
        writing_.clear();
        written_ = 0;
        writing_.swap(pending_);
    }
    if (writing_.empty() || !socket_.is_open()) return;
    writing_now_ = true;
    socket_.async_write_some(boost::asio::buffer(writing_) + written_,
                             [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
                                 self->writing_now_ = false;
                                 // An error here means that the host has ended; its exit tells the rest.
                                 if (!error) self->on_written(size);
                             });
}

void HostSession::on_written(std::size_t size) {
    written_ += size;
    // A host looks at its socket between events only when told to. Raised after each part, because a full socket can
    // hold the urgent frame back until the host has read what is before it.
    if (urgent_unsent_) record_.raise_attention();
    if (unsent() == 0) urgent_unsent_ = false;
    write();
}

// ── receiving ────────────────────────────────────────────────────────────────────────────────────────────────────

void HostSession::read() {
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
        if (error || !self->socket_.is_open()) return;
        if (self->receive(kPerWake)) {
            self->read();
        } else {
            self->on_socket_closed();
        }
    });
}

bool HostSession::receive(std::size_t most) {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read
    while (most > 0 && socket_.is_open()) {
        boost::system::error_code error;
        const std::size_t got = socket_.read_some(boost::asio::buffer(buffer), error);
        if (error == boost::asio::error::would_block) return true;
        if (error) return false;
        most -= std::min(most, got);
        frames_.append({buffer.data(), got});
        handle_frames();
    }
    return true;
}

void HostSession::handle_frames() {
    if (broken_) return;
    try {
        while (const auto frame = frames_.next()) {
            ++frames_heard_;
            handle(*frame);
            if (listener_ == nullptr) return;
        }
    } catch (const ProtocolError& error) {
        broken_ = true;
        killed_.reset();
        kill(HostExit::Reason::protocol, std::string("broke the host protocol: ") + error.what());
    }
}

void HostSession::handle(const Frame& frame) {
    switch (frame.type) {
        case FrameType::hello:
            return handle_hello(frame.body);
        case FrameType::refused:
            refused_ = printable(decode_text(frame.body));
            return;
        case FrameType::started:
            return handle_started(frame.body);
        case FrameType::outcomes:
            return handle_outcomes(frame.body);
        case FrameType::timings:
            return handle_timings(frame.body);
        case FrameType::returned:
            return handle_returned(frame.body);
        case FrameType::reply:
            return handle_reply(frame.body);
        case FrameType::drained:
            decode_empty(frame.body);
            return handle_drained();
        case FrameType::log: {
            HostLog log = decode_log(frame.body);
            log.text = printable(log.text);
            return tell([&](HostListener& listener) { listener.on_log(log); });
        }
        case FrameType::progress: {
            const HostLog log{.level = 0,
                              .text = "progress: " + printable(decode_text(frame.body)),
                              .at = SystemClock().now(),
                              .sequence = record_.call() ? record_.call()->sequence : Sequence{}};
            return tell([&](HostListener& listener) { listener.on_log(log); });
        }
        case FrameType::state_get: {
            const StateGetFrame get = decode_state_get(frame.body);
            return tell([&](HostListener& listener) { listener.on_state_get(get.request, get.key); });
        }
        case FrameType::state_list: {
            const StateListFrame list = decode_state_list(frame.body);
            return tell([&](HostListener& listener) {
                listener.on_state_list(list.request, list.prefix, list.after, list.limit);
            });
        }
        default:
            throw ProtocolError("a frame goes the wrong way");
    }
}

void HostSession::handle_hello(std::string_view body) {
    if (hello_) throw ProtocolError("said hello twice");
    hello_ = decode_hello(body);
    if (!draining_ && !stopping_) limit_timer_.cancel();
    tell([&](HostListener& listener) { listener.on_hello(*hello_); });
}

void HostSession::handle_started(std::string_view body) {
    if (!page_ || answered_) throw ProtocolError("said that it started when it was not asked to");
    const StartedFrame frame = decode_started(body);
    answered_ = true;
    started_ = frame.code == OutcomeCode::done;
    if (!started_) refused_ = start_failure(frame.code, printable(frame.why));
    tell([&](HostListener& listener) { listener.on_started(frame.code, frame.delay, printable(frame.why)); });
}

void HostSession::check_outcome(const HostOutcome& outcome) const {
    if (outcome.delivery == 0) {  // what on_start wrote to the key-value store
        if (!page_ || answered_ || outcome.sequence.value != 0 || outcome.code != OutcomeCode::done) {
            throw ProtocolError("an outcome belongs to no delivery");
        }
        return;
    }
    const auto found = outstanding_.find(outcome.delivery);
    if (found == outstanding_.end() || found->second != outcome.sequence) {
        throw ProtocolError("an outcome names delivery " + std::to_string(outcome.delivery) + " of event " +
                            std::to_string(outcome.sequence.value) + ", which the host does not have");
    }
    const auto known = [this](std::uint32_t callback) { return callback < hello_->callbacks.size(); };
    if (!known(outcome.callback) ||
        !std::all_of(outcome.finished_callbacks.begin(), outcome.finished_callbacks.end(), known)) {
        throw ProtocolError("an outcome names a callback that was never declared");
    }
    if (outcome.code == OutcomeCode::again_after && outcome.sequence.value != 0) {
        throw ProtocolError("an event's outcome is again_after, which only timers have");
    }
}

void HostSession::handle_outcomes(std::string_view body) {
    if (!hello_) throw ProtocolError("outcomes came before hello");
    std::vector<HostOutcome> outcomes = decode_outcomes(body);
    std::erase_if(outcomes,
                  [this](const HostOutcome& outcome) { return taken_from_page_.erase(outcome.delivery) > 0; });
    for (HostOutcome& outcome : outcomes) {
        check_outcome(outcome);
        outcome.why = printable(outcome.why);
        outstanding_.erase(outcome.delivery);
        unsettled_ = unsettled_ || outcome.needs_settle();
    }
    // Timers run ahead of events, so the host's order is not that of the numbers.
    std::stable_sort(outcomes.begin(), outcomes.end(),
                     [](const HostOutcome& a, const HostOutcome& b) { return a.delivery < b.delivery; });
    if (!outcomes.empty()) tell([&](HostListener& listener) { listener.on_outcomes(outcomes); });
}

void HostSession::handle_timings(std::string_view body) {
    if (!timings_asked_) throw ProtocolError("sent timings that nobody asked for");
    const std::vector<CallTiming> timings = decode_timings(body);
    for (const CallTiming& timing : timings) {
        if (!outstanding_.contains(timing.delivery) || timing.callback >= hello_->callbacks.size()) {
            throw ProtocolError("a timing names a delivery or a callback that the host does not have");
        }
    }
    if (!timings.empty()) tell([&](HostListener& listener) { listener.on_timings(timings); });
}

void HostSession::handle_returned(std::string_view body) {
    std::vector<DeliveryNumber> deliveries = decode_returned(body);
    for (const DeliveryNumber delivery : deliveries) {
        if (outstanding_.erase(delivery) == 0) {
            throw ProtocolError("handed back delivery " + std::to_string(delivery) + ", which it does not have");
        }
    }
    std::sort(deliveries.begin(), deliveries.end());
    if (!deliveries.empty()) tell([&](HostListener& listener) { listener.on_returned(deliveries); });
}

void HostSession::handle_reply(std::string_view body) {
    const ReplyFrame reply = decode_reply(body);
    const bool has =
        reply.sequence.value != 0 && std::any_of(outstanding_.begin(), outstanding_.end(),
                                                 [&](const auto& entry) { return entry.second == reply.sequence; });
    if (!has || reply.json.size() > kMaxReply) throw ProtocolError("a reply belongs to no event that the host has");
    tell([&](HostListener& listener) { listener.on_reply(reply.sequence, reply.json); });
}

void HostSession::handle_drained() {
    if (!draining_ || drained_) throw ProtocolError("said that it is drained when it was not asked to");
    drained_ = true;
    if (!stopping_) limit_timer_.cancel();
    tell([](HostListener& listener) { listener.on_drained(); });
}

void HostSession::on_socket_closed() {
    // Either the host is ending, then its exit comes at once, or its plugin closed what is not its own.
    limit(kClosedGrace, HostExit::Reason::crashed, "the plugin closed the host's descriptors");
}

// ── limits in time ───────────────────────────────────────────────────────────────────────────────────────────────

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
    PageSurvey survey = page_->survey(outstanding_.begin()->first, last_);
    std::sort(survey.finished.begin(), survey.finished.end());
    std::vector<HostOutcome> outcomes;
    for (const auto& [delivery, sequence] : outstanding_) {
        if (sequence.value == 0 || !std::binary_search(survey.finished.begin(), survey.finished.end(), sequence))
            continue;
        HostOutcome& outcome = outcomes.emplace_back();
        outcome.delivery = delivery;
        outcome.sequence = sequence;
    }
    for (const HostOutcome& outcome : outcomes) {
        outstanding_.erase(outcome.delivery);
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

// ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

void HostSession::on_ended() {
    child_.kill_group();  // what the plugin started ends with its host
    const std::optional<ExitStatus> status = child_.try_wait();
    if (!status) return;
    // All that it said before it died, in order, and then the verdict.
    receive(kAtEnd);
    output_.drain();
    errors_.drain();
    close();
    if (listener_ == nullptr) return;
    HostExit exit = make_exit(*status);
    std::exchange(listener_, nullptr)->on_exit(std::move(exit));
}

HostExit HostSession::make_exit(const ExitStatus& status) {
    HostEnd end{.status = status,
                .ending = record_.ending(),
                .phase = record_.phase(),
                .record = record_.crash(),
                .callback = {},
                .refused = refused_,
                .memory_limit = spec_.limits.memory,
                .stop_asked = stopping_};
    const bool took_a_callback = end.phase == Phase::event || end.phase == Phase::timer;
    if (const auto call = record_.call(); call && took_a_callback) end.callback = name_of(call->callback);
    HostExit exit = explain_exit(end);
    // Our own kill is the reason, unless the host died of something else a moment before.
    if (killed_ && (broken_ || status.signal() == SIGKILL)) {
        exit.reason = killed_->reason;
        exit.why = killed_->why;
    }
    if (page_ && first_ != 0) {
        exit.survey = page_->survey(first_, last_);
        // Its outcome arrived, so the page was only not told any more.
        if (exit.survey.running && !outstanding_.contains(exit.survey.running->delivery)) exit.survey.running.reset();
    }
    if (const auto call = record_.call(); call && took_a_callback) exit.running_since = call->since;
    return exit;
}

void HostSession::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    exit_watch_.close(ignored);
    limit_timer_.cancel();
    watch_timer_.cancel();
}

}  // namespace foley::core
