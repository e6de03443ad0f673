// SqliteConsumer: a plugin's view of a SQLite journal; the books behind it are ConsumerBooks.
#pragma once

#include "core/journal/sqlite/consumer_books.hpp"
#include "core/journal/sqlite/sqlite_file.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::core {

class SqliteConsumer final : public Consumer {
public:
    // The books are claimed already; the file outlives the consumer.
    SqliteConsumer(SqliteFile& file, std::shared_ptr<ConsumerBooks> books);
    ~SqliteConsumer() override;
    SqliteConsumer(const SqliteConsumer&) = delete;
    SqliteConsumer& operator=(const SqliteConsumer&) = delete;

    const std::string& name() const noexcept override { return books_->name(); }
    Fetched fetch(std::size_t limit, std::size_t bytes, const Wanted& wanted, Timestamp now) override;
    std::optional<Fetched> fetch_recent(std::size_t limit, const Wanted& wanted, Timestamp now) override;
    void read_ahead() noexcept override;
    std::optional<Sequence> unwanted_through(std::optional<Sequence> from, const Wanted& wanted) const override;
    using Consumer::finish;
    void finish(std::span<const Sequence> sequences) override;
    bool finished(Sequence sequence) const override;
    void retry(Sequence sequence, Timestamp not_before, AttemptRecord record) override;
    void dead_letter(Sequence sequence, std::string reason, AttemptRecord record, Timestamp now) override;
    void give_back(Sequence sequence, std::optional<AttemptRecord> record) override;
    void write(std::vector<Write> writes) override;
    std::optional<std::string> get(std::string_view key) const override;
    std::vector<std::pair<std::string, std::string>> list(std::string_view prefix, std::string_view after,
                                                          std::size_t limit) const override;
    void commit(Committed done) override;
    ConsumerInfo info() const override;
    std::optional<Timestamp> next_due() const override;

    void seek(const StartRule& rule) override;
    std::vector<RetryEntry> backlog(std::size_t limit) const override;
    std::vector<DeadLetter> dead_letters(std::size_t limit) const override;
    bool retry_dead_letter(Sequence sequence) override;
    bool drop_dead_letter(Sequence sequence) override;
    bool replay(Sequence sequence) override;

private:
    struct Reading;
    void hand_out_due(Reading& reading, Timestamp now);
    bool hand_out_due_one(Reading& reading, const Ledger::Pick& pick);
    void hand_out_new(Reading& reading);
    Sequence hand_out(Reading& reading, Sequence place, const EventCache::Stretch& stretch);
    void hand_out_from_file(Reading& reading, Sequence from, Sequence head);
    bool load(Sequence after, Sequence head) const;
    std::optional<std::pair<Sequence, Timestamp>> next_unread(Sequence place, Sequence head) const;
    std::shared_ptr<const Event> backlog_event(Sequence sequence) const;
    bool room_for_new() const;
    void stop_at_damage() const;
    JournalError with_way_on(const std::string& sentence, Sequence sequence) const;

    SqliteFile& file_;
    const std::shared_ptr<ConsumerBooks> books_;
    EventCache::Reader reader_;
};

}  // namespace foley::core
