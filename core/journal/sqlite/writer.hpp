// Writer: the one place that writes to the journal's file. What arrives while somebody is at the disk goes into the
// next transaction together: appends, work by hand, and the staged changes of all consumers, with one fsync.
//
// It has a thread. Who appends and finds nobody writing does it himself, with all that waits: that spares a lone event
// two changes of thread.
//
// Owner: SqliteJournal. Threads: any may call; callbacks come from whoever writes, one at a time. Errors: JournalError
// to whoever waits. When a shared transaction fails, its parts are tried one by one, so a part that cannot be written
// fails alone.
#pragma once

#include "core/journal/sqlite/connection.hpp"
#include "core/journal/sqlite/rows.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace foley::core {

// Somebody whose changes gather in memory and go out with the next transaction.
class Staged {
public:
    virtual ~Staged() = default;
    // By whoever writes, in this order; `write` once more after a failed transaction of several parts.
    virtual void take() = 0;
    virtual void write(Connection& connection) = 0;
    virtual void settle(std::exception_ptr error) noexcept = 0;  // null: durable
    virtual bool dirty() const = 0;
};

class Writer {
public:
    struct Options {
        std::filesystem::path file;
        std::chrono::milliseconds commit_interval;
        std::function<void(int level, const std::string& text)> log;
    };
    // Called inside the transaction; may change the state, which counts only when the transaction does.
    using Work = std::function<void(Connection& connection, JournalState& state)>;
    // Called by whoever writes; they do not throw.
    struct Listener {
        // Before each transaction, and after one that failed: what work has noted beside the file is void.
        std::function<void()> discard;
        // After each commit that raised the head.
        std::function<void(const JournalState& before, const JournalState& after)> appended;
    };

    Writer(Options options, JournalState state, Listener listener);
    ~Writer();  // writes what is staged, if it can
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // Waits until the work is durable; throws what it threw.
    void run(const Work& work);
    // The same, for a caller who holds no lock of the journal's.
    void run_here(const Work& work);
    // Its changes go out within the commit interval, or at once. False: the writer has stopped.
    bool stage(std::shared_ptr<Staged> staged, bool at_once);
    // Soon it keeps nothing in memory that it can read again.
    void rest();
    // No more calls are answered afterwards. Empties the write-ahead log.
    void stop() noexcept;

    bool stopped() const;
    JournalState state() const;

private:
    struct Job {
        const Work* work = nullptr;
        std::exception_ptr error;
        bool done = false;
    };
    using Group = std::vector<std::shared_ptr<Staged>>;

    void put(Job& job);
    void wait_for(const Job& job, std::unique_lock<std::mutex>& lock);
    void loop() noexcept;
    bool work_is_due(std::unique_lock<std::mutex>& lock);
    void write_round(std::unique_lock<std::mutex>& lock) noexcept;
    void write_group(const std::vector<Job*>& jobs, const Group& staged);
    void transact(const std::vector<Job*>& jobs, const Group& staged);
    std::exception_ptr try_transact(const std::vector<Job*>& jobs, const Group& staged) noexcept;
    void checkpoint() noexcept;
    void report(std::exception_ptr error, const char* doing) noexcept;

    const Options options_;
    const Listener listener_;
    Connection connection_;  // of whoever is busy
    int log_pages_ = 0;      // how long the write-ahead log was after the last commit; of whoever is busy

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable finished_;
    JournalState state_;
    std::deque<Job*> jobs_;
    std::set<std::shared_ptr<Staged>> staged_;
    std::chrono::steady_clock::time_point staged_due_{};
    bool busy_ = false;  // somebody writes
    bool stopping_ = false;
    bool checkpoint_due_ = false;
    bool resting_ = false;     // is to rest
    bool complained_ = false;  // the present trouble is in the log already
    std::thread thread_;
};

}  // namespace foley::core
