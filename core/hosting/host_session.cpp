#include "core/hosting/host_session.hpp"

#include "core/hosting/host_exit.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <signal.h>
#include <unistd.h>

namespace foley::core {
namespace {

using namespace std::chrono_literals;
using Socket = boost::asio::local::stream_protocol::socket;

constexpr std::size_t kAtEnd = 256 * 1024 * 1024;  // more than a socket can hold

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
    outstanding_.put(delivery, event.sequence);
    if (outstanding_.size() == 1 && !overdue_) watch();  // sooner than for an idle host
    if (first_ == 0) first_ = delivery;
    last_ = delivery;
    send_soon(Urgency::queued);
    return delivery;
}

DeliveryNumber HostSession::tick(std::uint32_t timer_callback) {
    const DeliveryNumber delivery = page_->allot();
    encode(pending_, TimerFrame{delivery, timer_callback});
    outstanding_.put(delivery, Sequence{0});
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
