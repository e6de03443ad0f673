// Follower: the thread behind FtrackSource: connects, follows, comes back, and records each time away as a gap.
//
// Owner: FtrackSource. Threads: its own for everything about the hub; the functions marked *any* from everywhere.
#pragma once

#include "core/source/backoff.hpp"
#include "core/source/ftrack/ftrack_source.hpp"
#include "core/source/ftrack/hub_conversation.hpp"
#include "core/source/ftrack/hub_cursor.hpp"
#include "core/source/ftrack/hub_dialer.hpp"
#include "core/source/ftrack/hub_link.hpp"
#include "core/source/gap_times.hpp"
#include "core/source/status_board.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace foley::core {

class FtrackSource::Follower {
public:
    Follower(FtrackSourceOptions options, SourceContext context);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    const FtrackSourceOptions& options() const noexcept { return options_; }  // any
    void start();
    void stop();  // any
    void join();
    void pause(bool paused);                                // any
    SourceStatus status() const { return board_.get(); }    // any
    bool reply(const Event& event, std::string_view json);  // any

private:
    using HubError = ftrack::HubError;

    void check_options();
    void run() noexcept;
    void run_hub();
    void load_cursor();
    boost::asio::awaitable<void> follow();
    boost::asio::awaitable<void> one_connection();
    boost::asio::awaitable<void> sleep(std::chrono::milliseconds delay);
    // One connection, its end included. Nothing: it ended because we asked.
    boost::asio::awaitable<std::optional<HubError>> try_once();
    // How long to wait after a try that ended so and took so long.
    std::chrono::milliseconds after_failure(const HubError& error, std::chrono::milliseconds took);
    void end_connection();
    void interrupt();  // ends what the hub's thread is waiting for

    void arm_tick();
    void on_tick();
    void on_text(const std::string& text);
    void on_event(std::string_view event);
    void on_unreadable(std::string_view packet, std::string_view reason);
    void on_subscribed();
    void note_heard(Timestamp now);
    bool interactive(const std::string& topic) const;
    void hand_over(Appender::Entry entry);
    void store_cursor_now_and_then(Timestamp now);
    std::string cursor_text(Timestamp heard) const;

    void log(int level, const std::string& text) const;

    const FtrackSourceOptions options_;
    const SourceContext context_;
    ftrack::HubLinkOptions link_options_;
    ftrack::HubIdentity identity_;
    ftrack::HubConversation::Outputs outputs_;
    StatusBoard board_;

    std::atomic<bool> stopping_{false};
    std::atomic<bool> paused_{false};
    std::atomic<bool> live_{false};

    // Only on the hub's thread.
    boost::asio::io_context io_;
    ftrack::HubDialer dialer_;
    boost::asio::steady_timer delay_;
    boost::asio::steady_timer tick_;
    std::shared_ptr<ftrack::HubLink> link_;
    std::unique_ptr<ftrack::HubConversation> conversation_;
    std::optional<HubError> ended_;            // why the connection has to end
    std::deque<Appender::Entry> before_live_;  // came before all subscriptions stood; follow the gap
    std::size_t before_live_bytes_ = 0;
    Timestamp heard_{};          // all that the hub sent until then is handed over
    SteadyTime heard_steady_{};  // the same moment
    GapTimes gap_times_;
    std::string away_reason_;  // of the present time away; empty: not away
    Timestamp stored_at_{};    // when the cursor was last handed over
    std::string last_event_;
    std::string last_failure_;  // logged once while it stays the same
    Backoff backoff_;
    SteadyTime live_since_{};
    bool was_live_ = false;
    bool stood_ = false;      // the present or last connection came to be live
    bool following_ = false;  // follow() runs

    std::unique_ptr<Appender> appender_;
    std::thread thread_;
};

}  // namespace foley::core
