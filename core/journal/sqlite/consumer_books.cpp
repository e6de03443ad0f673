#include "core/journal/sqlite/consumer_books.hpp"

#include <future>

namespace foley::core {

ConsumerBooks::ConsumerBooks(Writer& writer, ConsumerNumber number, std::string name, Ledger ledger)
    : writer_(writer), number_(number), name_(std::move(name)), ledger_(std::move(ledger)) {}

bool ConsumerBooks::claim() {
    const std::lock_guard lock(mutex_);
    if (claimed_) return false;
    claimed_ = true;
    ledger_.give_back_all();
    return true;
}

void ConsumerBooks::release() {
    const std::lock_guard lock(mutex_);
    claimed_ = false;
    loose_values_.clear();  // their event comes again, and writes them again
}

bool ConsumerBooks::claimed() const {
    const std::lock_guard lock(mutex_);
    return claimed_;
}

void ConsumerBooks::detach() {
    const std::lock_guard lock(mutex_);
    detached_ = true;
}

void ConsumerBooks::schedule(bool at_once) {
    {
        const std::lock_guard lock(mutex_);
        if (!at_once && (scheduled_ || !dirty_locked())) return;
        scheduled_ = true;
    }
    if (writer_.stage(shared_from_this(), at_once)) return;
    std::vector<Consumer::Committed> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(waiting_);
    }
    const auto error = std::make_exception_ptr(JournalError(
        JournalError::Kind::unavailable, "The journal is closed; what " + name_ + " finished since comes again."));
    for (const Consumer::Committed& done : waiting)
        done(error);
}

bool ConsumerBooks::dirty_locked() const noexcept {
    return ledger_.dirty() || !values_.empty() || !waiting_.empty();
}

bool ConsumerBooks::dirty() const {
    const std::lock_guard lock(mutex_);
    return !detached_ && dirty_locked();
}

// ── key-value store ──────────────────────────────────────────────────────────────────────────────────────────────────

void ConsumerBooks::write(std::vector<Consumer::Write> writes) {
    const std::lock_guard lock(mutex_);
    for (Consumer::Write& write : writes)
        loose_values_.insert_or_assign(std::move(write.key), std::move(write.value));
}

void ConsumerBooks::join_writes() {
    loose_values_.merge(values_);  // keeps what is newer
    values_ = std::exchange(loose_values_, Values{});
}

std::optional<std::optional<std::string>> ConsumerBooks::staged_value(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    for (const Values* values : {&loose_values_, &values_, &taken_values_}) {
        if (const auto found = values->find(key); found != values->end()) return found->second;
    }
    return std::nullopt;
}

ConsumerBooks::Values ConsumerBooks::staged_values(std::string_view prefix, std::string_view after) const {
    const std::lock_guard lock(mutex_);
    Values result;
    for (const Values* values : {&loose_values_, &values_, &taken_values_}) {
        for (auto at = values->lower_bound(prefix); at != values->end() && at->first.starts_with(prefix); ++at) {
            if (at->first > after) result.emplace(*at);  // keeps the newer
        }
    }
    return result;
}

// ── committing ───────────────────────────────────────────────────────────────────────────────────────────────────────

void ConsumerBooks::commit(Consumer::Committed done) {
    {
        const std::lock_guard lock(mutex_);
        join_writes();
        waiting_.push_back(std::move(done));
    }
    schedule(true);
}

void ConsumerBooks::commit_and_wait() {
    const auto promise = std::make_shared<std::promise<void>>();
    std::future<void> future = promise->get_future();
    commit([promise](std::exception_ptr error) {
        if (error) {
            promise->set_exception(error);
        } else {
            promise->set_value();
        }
    });
    future.get();
}

void ConsumerBooks::take() {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    taken_ = ledger_.take_changes();
    taken_values_ = std::exchange(values_, Values{});
    taken_waiting_ = std::exchange(waiting_, {});
}

void ConsumerBooks::write(Connection& connection) {
    if (look([this](const Ledger&) { return detached_; })) return;
    // Dead letters first: they may take their event from a row of the backlog that is about to go.
    for (const auto& [sequence, letter] : taken_.dead_letters) {
        if (letter) {
            write_dead_letter(connection, number_, sequence, *letter);
        } else {
            erase_dead_letter(connection, number_, sequence);
        }
    }
    for (const auto& [sequence, row] : taken_.backlog) {
        if (row) {
            write_backlog(connection, number_, sequence, *row);
        } else {
            erase_backlog(connection, number_, sequence);
        }
    }
    for (const auto& [key, value] : taken_values_) {
        if (value) {
            write_value(connection, number_, key, *value);
        } else {
            erase_value(connection, number_, key);
        }
    }
    if (taken_.standing) write_consumer(connection, number_, name_, *taken_.standing);
    if (taken_.imported) write_imported(connection, number_, *taken_.imported);
}

void ConsumerBooks::settle(std::exception_ptr error) noexcept {
    std::vector<Consumer::Committed> waiting;
    {
        const std::lock_guard lock(mutex_);
        if (error) {
            ledger_.not_stored(std::move(taken_));
            values_.merge(taken_values_);  // keeps what is newer
            scheduled_ = true;             // the writer tries again by itself
        } else {
            ledger_.stored(taken_);
        }
        taken_ = Ledger::Changes{};
        taken_values_.clear();
        waiting.swap(taken_waiting_);
    }
    for (const Consumer::Committed& done : waiting)
        done(error);
}

// ── observing ────────────────────────────────────────────────────────────────────────────────────────────────────────

ConsumerInfo ConsumerBooks::info() const {
    const std::lock_guard lock(mutex_);
    ConsumerInfo info;
    info.name = name_;
    info.position = ledger_.position();
    info.newest_finished = ledger_.newest_finished();
    info.retries = ledger_.retries();
    info.held = ledger_.held();
    info.dead_letters = ledger_.dead_letters();
    info.next_retry_at = ledger_.next_retry_at();
    if (const auto damage = ledger_.first_damage()) info.problem = damage->second;
    const auto open = ledger_.oldest_open();
    if (open && (!next_unread_ || open->first < next_unread_->first)) {
        info.oldest_unread_at = open->second;
    } else if (next_unread_) {
        info.oldest_unread_at = next_unread_->second;
    }
    return info;
}

void ConsumerBooks::set_next_unread(std::optional<std::pair<Sequence, Timestamp>> next) {
    const std::lock_guard lock(mutex_);
    next_unread_ = next;
    // An append may have come since the caller looked.
    if (!next && newest_append_.first > ledger_.read_to()) next_unread_ = newest_append_;
}

void ConsumerBooks::appended(Sequence first, Timestamp at) {
    const std::lock_guard lock(mutex_);
    newest_append_ = {first, at};
    if (!next_unread_) next_unread_ = newest_append_;
}

}  // namespace foley::core
