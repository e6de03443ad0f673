// HostSession: what the host says.
#include "core/hosting/host_exit.hpp"
#include "core/hosting/host_session.hpp"
#include "core/hosting/printable.hpp"

#include <algorithm>
#include <array>

namespace foley::core {
namespace {

using namespace std::chrono_literals;
using Socket = boost::asio::local::stream_protocol::socket;

constexpr std::size_t kPerWake = 1024 * 1024;  // bytes read before others get a turn
constexpr auto kClosedGrace = 2s;              // from the end of the socket to the end of the process

}  // namespace

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
    const Sequence* sequence = outstanding_.find(outcome.delivery);
    if (sequence == nullptr || *sequence != outcome.sequence) {
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
    if (!taken_from_page_.empty()) {
        std::erase_if(outcomes,
                      [this](const HostOutcome& outcome) { return taken_from_page_.erase(outcome.delivery) > 0; });
    }
    for (HostOutcome& outcome : outcomes) {
        check_outcome(outcome);
        if (!outcome.why.empty()) outcome.why = printable(outcome.why);
        outstanding_.take(outcome.delivery);
        unsettled_ = unsettled_ || outcome.needs_settle();
    }
    // Timers run ahead of events, so the host's order is not that of the numbers.
    const auto by_number = [](const HostOutcome& a, const HostOutcome& b) { return a.delivery < b.delivery; };
    if (!std::is_sorted(outcomes.begin(), outcomes.end(), by_number))
        std::stable_sort(outcomes.begin(), outcomes.end(), by_number);
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
        if (!outstanding_.take(delivery)) {
            throw ProtocolError("handed back delivery " + std::to_string(delivery) + ", which it does not have");
        }
    }
    std::sort(deliveries.begin(), deliveries.end());
    if (!deliveries.empty()) tell([&](HostListener& listener) { listener.on_returned(deliveries); });
}

void HostSession::handle_reply(std::string_view body) {
    const ReplyFrame reply = decode_reply(body);
    bool has = false;
    outstanding_.each([&](DeliveryNumber, Sequence sequence) {
        has = has || (sequence == reply.sequence && sequence.value != 0);
        return has;
    });
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

}  // namespace foley::core
