#include "core/source/appender.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace foley::core {

Appender::Appender(Journal& journal, std::string source, Limits limits, Reports reports)
    : journal_(journal), source_(std::move(source)), limits_(limits), reports_(std::move(reports)), thread_([this] {
          run();
      }) {}

Appender::~Appender() {
    close(std::chrono::milliseconds(0));
}

std::size_t Appender::size_of(const Entry& entry) noexcept {
    std::size_t bytes = entry.cursor ? entry.cursor->size() : 0;
    for (const auto& event : entry.events)
        bytes += event.payload.size() + 256;
    for (const auto& aside : entry.aside)
        bytes += aside.text.size() + 256;
    return bytes;
}

bool Appender::full() const noexcept {
    return queued_events_ >= limits_.queue_events || queued_bytes_ >= limits_.queue_bytes;
}

void Appender::put(Entry entry) {
    queued_events_ += entry.events.size() + entry.aside.size();
    queued_bytes_ += size_of(entry);
    queue_.push_back(std::move(entry));
    changed_.notify_all();
}

bool Appender::offer(Entry entry) {
    const std::lock_guard lock(mutex_);
    if (closing_ || full()) return false;
    put(std::move(entry));
    return true;
}

bool Appender::push(Entry entry) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closing_ || !full(); });
    if (closing_) return false;
    put(std::move(entry));
    return true;
}

bool Appender::has_room() const {
    const std::lock_guard lock(mutex_);
    return queued_events_ <= limits_.queue_events / 2 && queued_bytes_ <= limits_.queue_bytes / 2;
}

bool Appender::in_trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

void Appender::shut() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    changed_.notify_all();
}

bool Appender::flush(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return done_ || (queue_.empty() && queued_events_ == 0); }) &&
           queue_.empty();
}

bool Appender::close(std::chrono::milliseconds patience) {
    bool complete = false;
    {
        std::unique_lock lock(mutex_);
        closing_ = true;
        changed_.notify_all();
        complete = changed_.wait_for(lock, patience, [this] { return done_; });
        abandon_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    const std::lock_guard lock(mutex_);
    return complete && queue_.empty();
}

// Takes as much from the queue as fits one append. The lock is held. Returns the number of bytes.
std::size_t Appender::gather(Entry& batch) {
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        Entry& next = queue_.front();
        const auto size = size_of(next);
        const bool first = batch.events.empty() && batch.aside.empty() && !batch.cursor;
        if (!first &&
            (batch.events.size() + next.events.size() > limits_.batch_events || bytes + size > limits_.batch_bytes))
            break;
        bytes += size;
        std::move(next.events.begin(), next.events.end(), std::back_inserter(batch.events));
        std::move(next.aside.begin(), next.aside.end(), std::back_inserter(batch.aside));
        if (next.cursor) batch.cursor = std::move(next.cursor);
        queue_.pop_front();
    }
    return bytes;
}

void Appender::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return !queue_.empty() || closing_; });
        if (queue_.empty() || abandon_) break;
        Entry batch;
        const auto bytes = gather(batch);
        const auto count = batch.events.size() + batch.aside.size();
        lock.unlock();
        const bool appended = append(batch);
        lock.lock();
        queued_bytes_ -= bytes;
        queued_events_ -= count;
        if (!appended) {  // abandoned: the batch counts as left
            queue_.push_front(std::move(batch));
            break;
        }
        changed_.notify_all();
    }
    done_ = true;
    changed_.notify_all();
}

// Tries until it works. False: told to abandon it.
bool Appender::append(Entry& batch) {
    std::size_t put_aside = 0;
    auto delay = limits_.first_retry;
    for (;;) {
        std::string sentence;
        try {
            while (put_aside < batch.aside.size()) {
                journal_.put_aside(batch.aside[put_aside]);
                ++put_aside;
            }
            Timestamp newest{};
            for (const auto& event : batch.events) {
                if (event.kind == EventKind::site) newest = std::max(newest, event.received_at);
            }
            AppendResult result;
            if (!batch.events.empty() || batch.cursor) {
                result = journal_.append(source_, batch.events,
                                         batch.cursor ? std::optional<std::string_view>(*batch.cursor) : std::nullopt);
            }
            batch.events.clear();  // what is appended is not appended again, whatever comes now
            batch.cursor.reset();
            const bool was_in_trouble = [this] {
                const std::lock_guard lock(mutex_);
                return std::exchange(trouble_, false);
            }();
            if (was_in_trouble && reports_.recovered) reports_.recovered();
            if (reports_.appended) reports_.appended(result, put_aside, newest);
            return true;
        } catch (const std::exception& error) {
            // Whatever it is, the events are not in the journal, and there is no other place for them.
            sentence = error.what();
        }
        {
            const std::lock_guard lock(mutex_);
            trouble_ = true;
        }
        if (reports_.trouble) reports_.trouble(sentence);
        wait_before_retry(delay);
        delay = std::min(delay * 2, limits_.longest_retry);
        const std::lock_guard lock(mutex_);
        if (abandon_) return false;
    }
}

void Appender::wait_before_retry(std::chrono::milliseconds delay) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, delay, [this] { return abandon_; });
}

}  // namespace foley::core
