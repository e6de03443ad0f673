// HostSession: the conversation with one host process, from spawn to its end: the frames both ways, its output, its
// limits in time, and the verdict on how it ended. HostProcess is the face; a session lives on for a moment when the
// face is gone, until the killed child is reaped.
//
// Owner: itself, through the operations in flight. Thread: the engine's.
#pragma once

#include "core/hosting/delivery_ring.hpp"
#include "core/hosting/host_process.hpp"
#include "core/hosting/host_watchdog.hpp"
#include "core/hosting/output_lines.hpp"
#include "core/hosting/protocol.hpp"
#include "core/hosting/record_view.hpp"
#include "core/os/child_process.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace foley::core {

class HostSession : public std::enable_shared_from_this<HostSession> {
public:
    // Spawns the child. Throws std::system_error.
    HostSession(boost::asio::io_context& io, HostSpec spec, HostListener& listener);
    HostSession(const HostSession&) = delete;
    HostSession& operator=(const HostSession&) = delete;

    // Begins the conversation; apart from the constructor because operations hold the session.
    void run();
    // Kills the host; the listener hears nothing more.
    void abandon();

    void start(const HostStart& start, std::shared_ptr<ProgressPage> page);
    DeliveryNumber deliver(const Event& event, std::span<const std::uint32_t> callbacks, std::uint32_t attempt,
                           std::string_view site);
    DeliveryNumber tick(std::uint32_t timer_callback);
    void settle();
    void answer_get(std::uint64_t request, std::optional<std::string> value);
    void answer_list(std::uint64_t request, const std::vector<std::pair<std::string, std::string>>& pairs);
    void drain(std::chrono::milliseconds limit);
    void stop(std::chrono::milliseconds limit);
    void kill(HostExit::Reason reason, std::string why);

    int pid() const noexcept { return child_.pid(); }
    std::optional<Sequence> in_callback() const;
    std::size_t unsent() const noexcept { return pending_.size() + writing_.size() - written_; }

private:
    enum class Urgency { queued, urgent };
    void send_soon(Urgency urgency);
    void write();
    void on_written(std::size_t size);

    void read();
    // Takes what the socket has now, up to a limit; false at its end.
    bool receive(std::size_t limit);
    void handle_frames();
    void handle(const Frame& frame);
    void handle_hello(std::string_view body);
    void handle_started(std::string_view body);
    void handle_outcomes(std::string_view body);
    void handle_timings(std::string_view body);
    void handle_returned(std::string_view body);
    void handle_reply(std::string_view body);
    void handle_drained();
    void check_outcome(const HostOutcome& outcome) const;
    void on_socket_closed();

    void limit(std::chrono::milliseconds after, HostExit::Reason reason, std::string why);
    void watch();
    // Whether it is the host's turn: it was given something and has not answered.
    bool owes_answer() const noexcept;
    std::chrono::milliseconds watch_interval() const noexcept;
    void take_from_page();
    HostWatchdog::Signs signs() const;
    void on_overdue(std::string why);
    void await_stack(std::chrono::steady_clock::time_point deadline, std::string why);
    std::string name_of(std::uint32_t callback) const;

    void on_ended();
    HostExit make_exit(const ExitStatus& status);
    void close();

    template <class Function>
    void tell(Function function) {
        if (listener_ != nullptr) function(*listener_);
    }

    boost::asio::io_context& io_;
    HostSpec spec_;
    HostListener* listener_;  // null: abandoned, or on_exit was told
    RecordView record_;
    boost::asio::local::stream_protocol::socket socket_;
    ChildProcess child_;
    boost::asio::posix::stream_descriptor exit_watch_;
    OutputLines output_, errors_;
    boost::asio::steady_timer limit_timer_, watch_timer_;
    HostWatchdog watchdog_;

    FrameSplitter frames_{true};
    std::string pending_, writing_;  // frames to send; the second is being sent
    std::size_t written_ = 0;        // of writing_
    bool writing_now_ = false, flush_posted_ = false, urgent_unsent_ = false;

    std::optional<Hello> hello_;
    std::shared_ptr<ProgressPage> page_;
    bool started_ = false;   // on_start is over, well
    bool answered_ = false;  // … or not
    bool timings_asked_ = false;
    bool draining_ = false, drained_ = false, stopping_ = false;
    bool overdue_ = false, broken_ = false;
    bool unsettled_ = false;  // it waits for `settle`
    std::uint64_t frames_heard_ = 0;
    DeliveryRing<Sequence> outstanding_;        // without outcome and not handed back
    std::set<DeliveryNumber> taken_from_page_;  // told as finished; the host's own word is still to come
    DeliveryNumber first_ = 0, last_ = 0;       // of this host

    struct Verdict {
        HostExit::Reason reason;
        std::string why;
    };
    std::optional<Verdict> killed_;  // by us, and why
    std::string refused_;            // what the host said of the library
};

}  // namespace foley::core
