// The words of the journal's tests: a clock that stands still, events in one line, sequences to compare.
#pragma once

#include "core/journal/journal.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <stdlib.h>

namespace foley::core::testing {

inline constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

class StillClock final : public Clock {
public:
    Timestamp now() const override { return now_.load(); }
    SteadyTime steady() const override { return SteadyTime{now_.load().time_since_epoch()}; }
    void pass(std::chrono::microseconds time) { now_ = now_.load() + time; }

private:
    std::atomic<Timestamp> now_{kStart};
};

class TempDirectory {
public:
    TempDirectory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "foley-journal-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = pattern;
    }
    ~TempDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

// An event on the given entities, of shape plain.
inline Event event(const std::string& id, const std::vector<std::string>& entities = {}, Timestamp at = kStart) {
    Event made;
    made.id = id;
    made.source = "site";
    made.type = "task.changed";
    made.received_at = at;
    made.payload = "{\"id\": \"" + id + "\"}";
    for (const std::string& entity : entities)
        made.changes.push_back({"Task", entity, "status", "update"});
    return made;
}

// Numbered events without an entity.
inline std::vector<Event> events(std::size_t count, const std::string& prefix = "e", Timestamp at = kStart) {
    std::vector<Event> made;
    for (std::size_t index = 1; index <= count; ++index)
        made.push_back(event(prefix + std::to_string(index), {}, at));
    return made;
}

inline AppendResult append(Journal& journal, std::vector<Event> list, const std::string& source = "site") {
    return journal.append(source, list);
}

using Numbers = std::vector<std::uint64_t>;

inline Numbers numbers(const std::vector<Delivery>& deliveries) {
    Numbers result;
    for (const Delivery& delivery : deliveries)
        result.push_back(delivery.event->sequence.value);
    return result;
}

inline Numbers numbers(const std::vector<std::shared_ptr<const Event>>& list) {
    Numbers result;
    for (const auto& one : list)
        result.push_back(one->sequence.value);
    return result;
}

inline bool any(const Event&) {
    return true;
}

inline Consumer::Fetched fetch(Consumer& consumer, Timestamp now = kStart, std::size_t limit = 1000,
                               const Consumer::Wanted& wanted = any) {
    return consumer.fetch(limit, std::size_t{1} << 30, wanted, now);
}

inline Numbers fetch_numbers(Consumer& consumer, Timestamp now = kStart, std::size_t limit = 1000) {
    return numbers(fetch(consumer, now, limit).deliveries);
}

// Waits until everything staged is durable; throws the commit's error.
inline void commit(Consumer& consumer) {
    auto promise = std::make_shared<std::promise<void>>();
    auto future = promise->get_future();
    consumer.commit([promise](std::exception_ptr error) {
        if (error) {
            promise->set_exception(error);
        } else {
            promise->set_value();
        }
    });
    future.get();
}

inline AttemptRecord attempt(std::uint32_t attempts, const std::string& reason = "no") {
    AttemptRecord record;
    record.attempts = attempts;
    record.first_failed_at = kStart;
    record.last_reason = reason;
    return record;
}

inline std::optional<JournalError> journal_error(const std::function<void()>& act) {
    try {
        act();
    } catch (const JournalError& error) {
        return error;
    }
    return std::nullopt;
}

}  // namespace foley::core::testing
