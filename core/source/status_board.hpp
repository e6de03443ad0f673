// StatusBoard: a source's status, written by the source's threads and read by everyone.
//
// Owner: the source. Thread-safe.
#pragma once

#include "core/source/source.hpp"

#include <mutex>
#include <string>

namespace foley::core {

class StatusBoard {
public:
    // clock outlives the board.
    StatusBoard(std::string name, std::string kind, const Clock& clock) : clock_(clock) {
        status_.name = std::move(name);
        status_.kind = std::move(kind);
        status_.since = clock.now();
    }

    void set_state(SourceState state, std::string detail, std::optional<Timestamp> next_try = std::nullopt) {
        const std::lock_guard lock(mutex_);
        if (status_.state != state) status_.since = clock_.now();
        status_.state = state;
        status_.detail = std::move(detail);
        status_.next_try = next_try;
    }

    // Changes other members of the status under the lock.
    template <typename Change>
    void change(const Change& change) {
        const std::lock_guard lock(mutex_);
        change(status_);
    }

    SourceStatus get() const {
        const std::lock_guard lock(mutex_);
        return status_;
    }

private:
    const Clock& clock_;
    mutable std::mutex mutex_;
    SourceStatus status_;
};

}  // namespace foley::core
