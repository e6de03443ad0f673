// StatusBoard: a source's status, written by the source's threads and read by everyone. The state that people see is
// the source's own, unless the journal takes nothing.
//
// Owner: the source. Thread-safe.
#pragma once

#include "core/source/appender.hpp"
#include "core/source/source.hpp"

#include <functional>
#include <mutex>
#include <string>

namespace foley::core {

class StatusBoard {
public:
    // clock outlives the board.
    StatusBoard(std::string name, std::string kind, const Clock& clock);

    void set_state(SourceState state, std::string detail, std::optional<Timestamp> next_try = std::nullopt);
    // Why the journal takes nothing; nothing: it does.
    void set_journal_trouble(std::optional<std::string> sentence);

    // Changes other members of the status under the lock.
    template <typename Change>
    void change(const Change& change) {
        const std::lock_guard lock(mutex_);
        change(status_);
    }

    SourceStatus get() const;

    // What an appender has to say goes here, and to the log. The board outlives the appender.
    Appender::Reports reports(std::function<void(int level, const std::string& text)> log);

private:
    void show();

    const Clock& clock_;
    mutable std::mutex mutex_;
    SourceStatus status_;  // guarded by mutex_, as all below
    SourceState state_ = SourceState::starting;
    std::string detail_;
    std::optional<Timestamp> next_try_;
    std::optional<std::string> journal_trouble_;
};

}  // namespace foley::core
