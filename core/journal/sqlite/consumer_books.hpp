// ConsumerBooks: the ledger of one consumer of this journal, with what waits to be written of it: changes of the
// ledger, key-value writes, and who wants to hear of the commit. Lives from the consumer's first use until the journal
// closes, so nothing staged is lost when the Consumer object goes.
//
// Threads: any; its lock is never held while something touches the disk. The writer outlives it.
#pragma once

#include "core/journal/consumer.hpp"
#include "core/journal/ledger.hpp"
#include "core/journal/sqlite/rows.hpp"
#include "core/journal/sqlite/writer.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

class ConsumerBooks final : public Staged, public std::enable_shared_from_this<ConsumerBooks> {
public:
    using Values = std::map<std::string, std::optional<std::string>, std::less<>>;  // nothing: erased

    ConsumerBooks(Writer& writer, ConsumerNumber number, std::string name, Ledger ledger);

    const std::string& name() const noexcept { return name_; }
    ConsumerNumber number() const noexcept { return number_; }

    // One Consumer object at a time: false when there is one. What an earlier one had in flight is given back.
    bool claim();
    void release();
    bool claimed() const;
    // Nothing more is written of it: the consumer is removed or renamed.
    void detach();

    // Calls `use` with the ledger, under the lock. After `change` what is dirty goes out with the next commit.
    template <typename Use>
    auto look(Use use) const {
        const std::lock_guard lock(mutex_);
        return use(ledger_);
    }
    template <typename Use>
    auto change(Use use) {
        const ScheduleAtEnd schedule{*this};
        const std::lock_guard lock(mutex_);
        return use(ledger_);
    }

    // The same, and it goes out with a commit that somebody asks for.
    template <typename Use>
    auto change_lazily(Use use) {
        const std::lock_guard lock(mutex_);
        return use(ledger_);
    }

    // The same as change(), and what was written before it by `write` goes out in the same transaction.
    template <typename Use>
    auto settle_outcome(Use use) {
        const ScheduleAtEnd schedule{*this};
        const std::lock_guard lock(mutex_);
        join_writes();
        return use(ledger_);
    }

    // Waits for the outcome that it belongs to, or a commit.
    void write(std::vector<Consumer::Write> writes);
    // What is not on disk yet: nothing when the disk knows best.
    std::optional<std::optional<std::string>> staged_value(std::string_view key) const;
    Values staged_values(std::string_view prefix, std::string_view after) const;

    void commit(Consumer::Committed done);
    void commit_and_wait();  // throws the commit's error

    ConsumerInfo info() const;
    // The first event of the journal that was not read yet, for the lag.
    void set_next_unread(std::optional<std::pair<Sequence, Timestamp>> next);
    void appended(Sequence first, Timestamp at);

    // Staged
    void take() override;
    void write(Connection& connection) override;
    void settle(std::exception_ptr error) noexcept override;
    bool dirty() const override;

private:
    struct ScheduleAtEnd {
        ConsumerBooks& books;
        ~ScheduleAtEnd() { books.schedule(false); }
    };
    void schedule(bool at_once);
    bool dirty_locked() const noexcept;
    void join_writes();

    Writer& writer_;
    const ConsumerNumber number_;
    const std::string name_;

    mutable std::mutex mutex_;
    Ledger ledger_;
    Values loose_values_;  // written, but their event has no outcome yet
    Values values_;
    std::vector<Consumer::Committed> waiting_;
    std::optional<std::pair<Sequence, Timestamp>> next_unread_;
    std::pair<Sequence, Timestamp> newest_append_;
    bool claimed_ = false;
    bool detached_ = false;
    bool scheduled_ = false;

    // On their way to the disk; changed by whoever writes alone, values_ under the lock.
    Ledger::Changes taken_;
    Values taken_values_;
    std::vector<Consumer::Committed> taken_waiting_;
};

}  // namespace foley::core
