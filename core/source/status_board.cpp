#include "core/source/status_board.hpp"

#include <foley/abi.h>

#include <utility>

namespace foley::core {

StatusBoard::StatusBoard(std::string name, std::string kind, const Clock& clock) : clock_(clock) {
    status_.name = std::move(name);
    status_.kind = std::move(kind);
    status_.since = clock.now();
}

void StatusBoard::set_state(SourceState state, std::string detail, std::optional<Timestamp> next_try) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    detail_ = std::move(detail);
    next_try_ = next_try;
    show();
}

void StatusBoard::set_journal_trouble(std::optional<std::string> sentence) {
    const std::lock_guard lock(mutex_);
    journal_trouble_ = std::move(sentence);
    show();
}

// The lock is held.
void StatusBoard::show() {
    const auto state = journal_trouble_ ? SourceState::stopped_by_journal : state_;
    if (status_.state != state) status_.since = clock_.now();
    status_.state = state;
    status_.detail = journal_trouble_ ? *journal_trouble_ : detail_;
    status_.next_try = journal_trouble_ ? std::nullopt : next_try_;
}

SourceStatus StatusBoard::get() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

Appender::Reports StatusBoard::reports(std::function<void(int level, const std::string& text)> log) {
    Appender::Reports reports;
    reports.appended = [this](const AppendResult& result, std::size_t aside, Timestamp newest) {
        change([&](SourceStatus& status) {
            status.events += result.appended;
            status.duplicates += result.duplicates;
            status.set_aside += aside;
            if (newest != Timestamp{}) status.last_event_at = newest;
        });
    };
    reports.trouble = [this, log](const std::string& sentence) {
        if (log) log(FOLEY_LOG_ERROR, "the journal takes no events: " + sentence);
        set_journal_trouble(sentence);
    };
    reports.recovered = [this, log = std::move(log)] {
        if (log) log(FOLEY_LOG_INFO, "the journal takes events again");
        set_journal_trouble(std::nullopt);
    };
    return reports;
}

}  // namespace foley::core
