// Appender: a queue before the journal with a thread of its own, so that a source never waits for the disk: heartbeats
// are answered while the journal works. What lies in the queue is appended in order, many entries in one append.
//
// When the journal takes nothing (a full disk) the appender tries again until it does, and says so through `trouble`.
// The queue is bounded: what a full queue means is the source's business.
//
// Owner: the source. Thread-safe, but for the destructor. The journal must outlive it.
#pragma once

#include "core/journal/journal.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace foley::core {

class Appender {
public:
    // What belongs together: appended in one transaction, with the cursor.
    struct Entry {
        std::vector<Event> events;
        std::vector<Journal::Aside> aside;  // put aside before the rest is appended
        std::optional<std::string> cursor;
    };

    struct Limits {
        std::size_t queue_events = 20'000;
        std::size_t queue_bytes = std::size_t{64} << 20;
        std::size_t batch_events = 2'000;
        std::size_t batch_bytes = std::size_t{4} << 20;
        std::chrono::milliseconds first_retry{100};
        std::chrono::milliseconds longest_retry{std::chrono::seconds(2)};
    };

    // Called on the appender's thread, never with its lock held.
    struct Reports {
        std::function<void(const AppendResult& result, std::size_t aside, Timestamp newest)> appended;
        std::function<void(const std::string& sentence)> trouble;  // an append failed and will be tried again
        std::function<void()> recovered;                           // after trouble: the journal takes events again
    };

    Appender(Journal& journal, std::string source, Limits limits, Reports reports);
    // Ends without waiting for the queue; see close().
    ~Appender();
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;

    // False, and nothing taken, when the queue is full. An entry is taken whole when there is any room at all.
    bool offer(Entry entry);
    // Waits for room. False: closed in the meantime.
    bool push(Entry entry);

    // The queue is at most half full: worth going on after a refusal.
    bool has_room() const;
    bool in_trouble() const;

    // Takes no more: push and offer return false from now on. Returns at once.
    void shut();
    // Waits until everything so far is in the journal, at most for `patience`. False: something is left.
    bool flush(std::chrono::milliseconds patience);
    // As shut; then appends what is left for at most `patience`, ends the thread. What could not be appended is lost,
    // and false is returned; push and offer then return false.
    bool close(std::chrono::milliseconds patience);

private:
    static std::size_t size_of(const Entry& entry) noexcept;
    bool full() const noexcept;
    void put(Entry entry);
    void run();
    std::size_t gather(Entry& batch);
    bool append(Entry& batch);
    void wait_before_retry(std::chrono::milliseconds delay);

    Journal& journal_;
    const std::string source_;
    const Limits limits_;
    const Reports reports_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Entry> queue_;        // guarded by mutex_, as all below
    std::size_t queued_events_ = 0;  // with what is being appended
    std::size_t queued_bytes_ = 0;
    bool closing_ = false;
    bool abandon_ = false;  // the patience of close() is over
    bool done_ = false;
    bool trouble_ = false;

    std::thread thread_;
};

}  // namespace foley::core
