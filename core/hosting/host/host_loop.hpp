// HostLoop: runs what the daemon delivers, one at a time, and reports what it came to. The rules are in
// docs/host-protocol.md: timers ahead of events, stop and wait after an outcome that is not plain, plain ones in
// batches.
//
// Owner: main. Thread: the main one. Throws: ProtocolError for what the daemon should not have sent.
#pragma once

#include "core/hosting/host/channel.hpp"
#include "core/hosting/host/host_api.hpp"
#include "core/hosting/host/page_writer.hpp"
#include "core/hosting/host/record_writer.hpp"
#include "core/hosting/protocol.hpp"

#include <foley/abi.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

class HostLoop {
public:
    HostLoop(Channel& channel, RecordWriter& record);

    HostApi& api() noexcept { return api_; }
    void set_plugin(const foley_plugin& plugin) noexcept { plugin_ = plugin; }

    // Until the process ends.
    [[noreturn]] void run();

private:
    struct Result {  // of one callback
        OutcomeCode code = OutcomeCode::done;
        bool backoff = false;
        std::chrono::microseconds delay{};
        std::string why;
    };
    // running: deliveries are begun. waiting: kept until `settle`. returning: handed back until `settle`.
    enum class Mode { running, waiting, returning };

    void handle(const Frame& frame);
    void start(std::string_view body);
    void take_event(std::string_view body);
    void take_timer(std::string_view body);

    bool run_next();
    void run_event(const std::string& body);
    void run_timer(const TimerFrame& timer);
    HostOutcome run_callbacks(const EventFrame& event, const foley_event& given);
    Result call(const RecordWriter::Call& call, const foley_event* event);
    Result timed_call(const RecordWriter::Call& call, const foley_event* event);
    void report(HostOutcome outcome);

    void hand_back();
    void flush();
    void drain();
    [[noreturn]] void stop();

    Channel& channel_;
    RecordWriter& record_;
    HostApi api_;
    foley_plugin plugin_{};
    std::optional<PageWriter> page_;
    std::vector<OnError> policies_;

    Mode mode_ = Mode::running;
    bool started_ = false, drain_asked_ = false, drained_ = false, stop_asked_ = false;
    std::deque<std::string> events_;  // bodies of event frames
    std::deque<TimerFrame> timers_;
    std::vector<DeliveryNumber> returned_;
    bool timings_wanted_ = false;
    std::vector<CallTiming> timings_;    // of outcomes_
    std::vector<HostOutcome> outcomes_;  // plain ones that were not sent yet
    std::chrono::steady_clock::time_point first_outcome_;
};

}  // namespace foley::core
