// SqliteConsumer: what is done to a plugin's place by hand: seek, replay, dead letters.
#include "core/journal/sqlite/sqlite_consumer.hpp"

namespace foley::core {

void SqliteConsumer::seek(const StartRule& rule) {
    const std::lock_guard upkeep(file_.upkeep);
    const Sequence head = file_.head();
    StartPlace start = resolve_start(file_, rule);
    const Sequence place = start.read_to;
    books_->change(
        [&](Ledger& ledger) { ledger.seek(place, Sequence{file_.oldest.load()}, head, std::move(start.imported)); });
    std::optional<std::pair<Sequence, Timestamp>> next;
    {
        const ReaderPool::Lease reader = file_.readers.lend();
        next = next_event(*reader, place, file_.head());
    }
    books_->set_next_unread(next);
    books_->commit_and_wait();
}

std::vector<RetryEntry> SqliteConsumer::backlog(std::size_t limit) const {
    auto entries = books_->look([&](const Ledger& ledger) { return ledger.backlog(limit); });
    std::vector<RetryEntry> result;
    const ReaderPool::Lease reader = file_.readers.lend();
    for (auto& [sequence, entry] : entries) {
        if (!entry.event) {
            std::optional<Ledger::Row> row = read_backlog(*reader, books_->number(), sequence);
            if (!row) continue;  // finished since
            entry.event = row->event;
        }
        result.push_back(std::move(entry));
    }
    return result;
}

std::vector<DeadLetter> SqliteConsumer::dead_letters(std::size_t limit) const {
    books_->commit_and_wait();
    const ReaderPool::Lease reader = file_.readers.lend();
    return read_dead_letters(*reader, books_->number(), Sequence{}, limit);
}

bool SqliteConsumer::retry_dead_letter(Sequence sequence) {
    if (!books_->look([&](const Ledger& ledger) { return ledger.has_dead_letter(sequence); })) return false;
    books_->commit_and_wait();  // so that its row is there to read
    std::vector<DeadLetter> letters;
    {
        const ReaderPool::Lease reader = file_.readers.lend();
        letters = read_dead_letters(*reader, books_->number(), Sequence{sequence.value - 1}, 1);
    }
    if (letters.empty() || letters.front().event->sequence != sequence) return false;
    books_->change([&](Ledger& ledger) { ledger.retry_dead_letter(sequence, letters.front().event); });
    books_->commit_and_wait();
    return true;
}

bool SqliteConsumer::drop_dead_letter(Sequence sequence) {
    if (!books_->change([&](Ledger& ledger) { return ledger.drop_dead_letter(sequence); })) return false;
    books_->commit_and_wait();
    return true;
}

bool SqliteConsumer::replay(Sequence sequence) {
    std::shared_ptr<const Event> event;
    {
        const ReaderPool::Lease reader = file_.readers.lend();
        event = read_event(*reader, file_.names, sequence);
    }
    if (!event) return false;
    books_->change([&](Ledger& ledger) { ledger.replay(std::move(event)); });
    books_->commit_and_wait();
    return true;
}

}  // namespace foley::core
