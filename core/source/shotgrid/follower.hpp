// Follower: the thread behind ShotgridSource: calls the poller's steps when they are due.
//
// Owner: ShotgridSource. Threads: its own for the site and the journal; the functions marked *any* from everywhere.
#pragma once

#include "core/source/shotgrid/poller.hpp"
#include "core/source/shotgrid/shotgrid_source.hpp"
#include "core/source/shotgrid/webhook_listener.hpp"
#include "core/source/status_board.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace foley::core {

class ShotgridSource::Follower {
public:
    // No transport: over HTTP.
    Follower(ShotgridSourceOptions options, SourceContext context, std::unique_ptr<site::Transport> transport);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    const ShotgridSourceOptions& options() const noexcept { return options_; }  // any
    void start();
    void stop();  // any
    void join();
    void pause(bool paused);      // any
    SourceStatus status() const;  // any

private:
    site::Shotgrid make_site(std::unique_ptr<site::Transport> transport);
    void hear(const std::vector<std::uint64_t>& ids);  // any
    void run() noexcept;
    void work();
    bool interrupted() const noexcept { return stopping_ || paused_; }
    void wait_until(SteadyTime when);

    const ShotgridSourceOptions options_;
    const SourceContext context_;
    StatusBoard board_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> paused_{false};

    std::mutex mutex_;
    std::condition_variable wake_;
    bool woken_ = false;  // guarded by mutex_, as all up to the next blank line
    bool hinted_ = false;
    std::vector<std::uint64_t> hints_;

    shotgrid::Poller poller_;  // only on the thread
    std::thread thread_;
    std::optional<shotgrid::WebhookListener> webhook_;
};

}  // namespace foley::core
