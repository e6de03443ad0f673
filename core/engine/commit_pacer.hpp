// CommitPacer: groups a plugin's commits: at most one at a time, at most `interval` late, at once when asked; and runs
// what waits for durability (settling the host, releasing page slots) when a commit has succeeded. A commit that fails
// (disk full) is tried again every second until it succeeds; nothing staged is lost meanwhile.
//
// Owner: PluginRunner. Thread: the engine's.
#pragma once

#include "core/journal/consumer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace foley::core {

class CommitPacer : public std::enable_shared_from_this<CommitPacer> {
public:
    // `committed` runs after every successful commit; `begin` right before one is sent, and returns what shall run when
    // that commit is durable (may be empty).
    CommitPacer(boost::asio::io_context& io, std::chrono::milliseconds interval,
                std::function<std::function<void()>()> begin);

    void use(std::shared_ptr<Consumer> consumer) { consumer_ = std::move(consumer); }

    // Something was staged: commit within the interval.
    void soon();
    // Nothing that matters was staged: places moved past events that nobody wants. Commit within a second.
    void some_time();
    // Commit at once, then run `then`.
    void now(std::function<void()> then);
    // Something is staged or being written that is not durable yet.
    bool busy() const noexcept { return committing_ || wanted_; }
    // Why the last commit failed; empty when it did not.
    const std::string& problem() const noexcept { return problem_; }
    // Runs nothing any more.
    void stop();

private:
    static constexpr std::chrono::milliseconds kSomeTime{1000};

    void commit_within(std::chrono::milliseconds limit);
    void commit();
    void finished(std::exception_ptr error, std::vector<std::function<void()>> actions);

    boost::asio::io_context& io_;
    boost::asio::steady_timer timer_;
    std::chrono::milliseconds interval_;
    std::function<std::function<void()>()> begin_;
    std::shared_ptr<Consumer> consumer_;
    std::vector<std::function<void()>> waiting_;
    bool wanted_ = false;
    bool timer_runs_ = false;
    std::chrono::steady_clock::time_point timer_due_;
    std::chrono::milliseconds wanted_within_ = kSomeTime;
    bool committing_ = false;
    bool stopped_ = false;
    std::string problem_;
};

}  // namespace foley::core
