#include "core/journal/sqlite/sqlite_consumer.hpp"

#include <algorithm>
#include <exception>

namespace foley::core {
namespace {

// Copies of held events and retries that wait for the disk: beyond this a fetch waits for a commit.
constexpr std::size_t kMostUnstoredBytes = std::size_t{64} << 20;
// Payloads that are read ahead for everybody at once.
constexpr std::size_t kMostLoaded = std::size_t{1} << 20;
// What one plugin may find read ahead: as many numbers, in as many loads. More would drive out what others are at.
constexpr std::uint64_t kReadAhead = 256;
constexpr int kMostLoadsAhead = 2;

}  // namespace

struct SqliteConsumer::Reading {
    Fetched& fetched;
    const Wanted& wanted;
    std::size_t limit;
    std::size_t bytes;
    std::size_t scanned = 0;

    bool full() const noexcept { return fetched.deliveries.size() >= limit || bytes == 0; }
    std::size_t room() const noexcept { return limit - fetched.deliveries.size(); }
    void deliver(std::shared_ptr<const Event> event, AttemptRecord record) {
        bytes -= std::min(bytes, std::max<std::size_t>(event->payload.size(), 1));
        fetched.deliveries.push_back({std::move(event), std::move(record)});
    }
};

SqliteConsumer::SqliteConsumer(SqliteFile& file, std::shared_ptr<ConsumerBooks> books)
    : file_(file),
      books_(std::move(books)),
      reader_(file.cache, books_->look([](const Ledger& ledger) { return ledger.read_to(); })) {}

SqliteConsumer::~SqliteConsumer() {
    books_->release();
}

// ── handing out ──────────────────────────────────────────────────────────────────────────────────────────────────────

Consumer::Fetched SqliteConsumer::fetch(std::size_t limit, std::size_t bytes, const Wanted& wanted, Timestamp now) {
    Fetched fetched;
    if (limit == 0) return fetched;
    Reading reading{fetched, wanted, limit, std::max<std::size_t>(bytes, 1)};
    try {
        hand_out_due(reading, now);
        stop_at_damage();
        if (!reading.full() && room_for_new()) hand_out_new(reading);
    } catch (const JournalError&) {
        // What is handed out is handed out; the trouble is met again by the next call.
        if (fetched.deliveries.empty()) throw;
        fetched.more = true;
    }
    const std::optional<Timestamp> due = next_due();
    if (due && *due <= now) fetched.more = true;
    return fetched;
}

void SqliteConsumer::stop_at_damage() const {
    if (const auto damage = books_->look([](const Ledger& ledger) { return ledger.first_damage(); }))
        throw with_way_on(damage->second, damage->first);
}

JournalError SqliteConsumer::with_way_on(const std::string& sentence, Sequence sequence) const {
    const std::string number = std::to_string(sequence.value);
    return {JournalError::Kind::damaged,
            sentence + (sequence.value == 0
                            ? " To give " + name() + " a place again: `foleyctl seek " + name() +
                                  " --after NUMBER`, or --to latest."
                            : " To go on without it: `foleyctl seek " + name() + " --after " + number +
                                  "`; if only the plugin's own copy of the event is damaged, `foleyctl replay " +
                                  name() + " " + number + "` hands out the journal's.")};
}

void SqliteConsumer::hand_out_due(Reading& reading, Timestamp now) {
    std::vector<Ledger::Pick> picks =
        books_->change([&](Ledger& ledger) { return ledger.take_due(now, reading.limit); });
    std::size_t index = 0;
    const auto give_back_rest = [&] {
        books_->change([&](Ledger& ledger) {
            for (; index < picks.size(); ++index)
                ledger.give_back(picks[index].sequence, std::nullopt);
        });
    };
    try {
        for (; index < picks.size() && !reading.full(); ++index) {
            if (!hand_out_due_one(reading, picks[index])) ++reading.fetched.unwanted;
        }
    } catch (...) {
        give_back_rest();
        throw;
    }
    give_back_rest();
}

bool SqliteConsumer::hand_out_due_one(Reading& reading, const Ledger::Pick& pick) {
    std::shared_ptr<const Event> event = pick.event;
    try {
        if (!event) event = backlog_event(pick.sequence);
    } catch (const JournalError& error) {
        if (error.kind() != JournalError::Kind::damaged) throw;
        throw with_way_on(error.what(), pick.sequence);
    }
    if (!reading.wanted(*event)) {
        books_->change([&](Ledger& ledger) { ledger.finish(pick.sequence); });
        return false;
    }
    reading.deliver(std::move(event), pick.record);
    return true;
}

std::shared_ptr<const Event> SqliteConsumer::backlog_event(Sequence sequence) const {
    const ReaderPool::Lease reader = file_.readers.lend();
    std::optional<Ledger::Row> row = read_backlog(*reader, books_->number(), sequence);
    if (!row) {
        throw reader->database().damaged("the backlog of " + name() + " has lost event " +
                                         std::to_string(sequence.value));
    }
    return row->event;
}

bool SqliteConsumer::room_for_new() const {
    const auto [rows, bytes] =
        books_->look([](const Ledger& ledger) { return std::pair(ledger.backlog_size(), ledger.unstored_bytes()); });
    if (bytes > kMostUnstoredBytes) books_->commit_and_wait();
    return rows < file_.options.most_backlog;
}

void SqliteConsumer::hand_out_new(Reading& reading) {
    const Sequence head = file_.head();
    Sequence place = books_->look([](const Ledger& ledger) { return ledger.read_to(); });
    if (head <= place) return;
    while (place < head && !reading.full() && reading.scanned < file_.options.scan_limit) {
        const EventCache::Stretch stretch = reader_.read(place, reading.room(), reading.wanted.type);
        if (stretch.through == place) {
            if (!load(place, head)) return hand_out_from_file(reading, place, head);
        } else {
            place = hand_out(reading, place, stretch);
        }
    }
    reading.fetched.more = place < head;
    books_->set_next_unread(next_unread(place, head));
}

// Gives the last event that was looked at. One lock for all of them.
Sequence SqliteConsumer::hand_out(Reading& reading, Sequence place, const EventCache::Stretch& stretch) {
    std::vector<bool> wanted;
    wanted.reserve(stretch.events.size());
    for (const auto& event : stretch.events)
        wanted.push_back(reading.wanted(*event));
    reading.fetched.unwanted += stretch.unwanted;
    reading.scanned += stretch.events.size() + 1;
    const auto admit_all = [&](Ledger& ledger) {
        for (std::size_t index = 0; index < stretch.events.size(); ++index) {
            if (reading.full()) return;
            const std::shared_ptr<const Event>& event = stretch.events[index];
            if (wanted[index]) {
                ledger.read_past(place);
                if (ledger.admit(event) == Ledger::Verdict::hand_out) reading.deliver(event, {});
            } else {
                ++reading.fetched.unwanted;
            }
            place = event->sequence;
        }
        place = stretch.through;
    };
    const bool some = std::find(wanted.begin(), wanted.end(), true) != wanted.end();
    const auto change = [&](Ledger& ledger) {
        admit_all(ledger);
        ledger.read_past(place);
    };
    if (some) {
        books_->change(change);
    } else {
        books_->change_lazily(change);
    }
    return place;
}

std::optional<std::pair<Sequence, Timestamp>> SqliteConsumer::next_unread(Sequence place, Sequence head) const {
    if (place >= head) return std::nullopt;
    const EventCache::Stretch next = file_.cache.read(place, 1, {});
    if (!next.events.empty()) return std::pair(next.events.front()->sequence, next.events.front()->received_at);
    const ReaderPool::Lease reader = file_.readers.lend();
    return next_event(*reader, place, head);
}

// Into the cache, for everybody. False: there is damage, which is met row by row.
bool SqliteConsumer::load(Sequence after, Sequence head) const {
    std::optional<EventCache::Range> range = file_.cache.begin_load(after, head);
    if (!range) return true;  // another did
    EventCache::Events events;
    std::size_t bytes = 0;
    try {
        const ReaderPool::Lease reader = file_.readers.lend();
        const auto peek = [&](Sequence sequence, Timestamp) {
            if (bytes < kMostLoaded) return true;
            range->second = Sequence{sequence.value - 1};
            return false;
        };
        scan_events(*reader, file_.names, range->first, range->second, peek, [&](std::shared_ptr<const Event> event) {
            bytes += event->payload.size();
            events.push_back(std::move(event));
        });
    } catch (const JournalError& error) {
        file_.cache.give_up(*range);
        if (error.kind() != JournalError::Kind::damaged) throw;
        return false;
    } catch (...) {
        file_.cache.give_up(*range);
        throw;
    }
    file_.cache.put(*range, std::move(events));
    return true;
}

void SqliteConsumer::read_ahead() noexcept {
    try {
        const Sequence head = file_.head();
        const Sequence place = books_->look([](const Ledger& ledger) { return ledger.read_to(); });
        const Sequence far{std::min(head.value, place.value + kReadAhead)};
        Sequence known = file_.cache.known_to(place);
        for (int loads = 0; known < far && loads < kMostLoadsAhead && load(known, head); ++loads)
            known = file_.cache.known_to(known);
    } catch (const std::exception&) {
        // The next fetch meets it.
    }
}

std::optional<Sequence> SqliteConsumer::unwanted_through(std::optional<Sequence> from, const Wanted& wanted) const {
    if (!wanted.type) return std::nullopt;
    if (!from) from = books_->look([](const Ledger& ledger) { return ledger.read_to(); });
    return file_.cache.unwanted_through(*from, file_.head(), wanted.type);
}

std::optional<Consumer::Fetched> SqliteConsumer::fetch_recent(std::size_t limit, const Wanted& wanted, Timestamp now) {
    const auto [place, waits] = books_->look([&](const Ledger& ledger) {
        const std::optional<Timestamp> due = ledger.next_due();
        const bool more_to_do = (due && *due <= now) || ledger.first_damage() || ledger.unstored_bytes() > 0 ||
                                ledger.backlog_size() >= file_.options.most_backlog;
        return std::pair(ledger.read_to(), more_to_do);
    });
    if (waits) return std::nullopt;
    Fetched fetched;
    const Sequence head = file_.head();
    if (head <= place) return fetched;
    const EventCache::Stretch stretch = reader_.read(place, limit, wanted.type);
    if (stretch.through < head) return std::nullopt;
    Reading reading{fetched, wanted, limit, SIZE_MAX};
    hand_out(reading, place, stretch);
    books_->set_next_unread(std::nullopt);
    return fetched;
}

// Row by row, past no damage.
void SqliteConsumer::hand_out_from_file(Reading& reading, Sequence from, Sequence head) {
    Sequence passed = from;
    Sequence looked_at = from;
    std::optional<std::pair<Sequence, Timestamp>> next;
    const auto peek = [&](Sequence sequence, Timestamp at) {
        looked_at = sequence;
        if (!reading.full() && reading.scanned++ < file_.options.scan_limit) return true;
        next = {sequence, at};
        return false;
    };
    const auto take = [&](std::shared_ptr<const Event> event) {
        const Sequence sequence = event->sequence;
        if (!reading.wanted(*event)) {
            ++reading.fetched.unwanted;
        } else if (books_->change([&](Ledger& ledger) {
                       ledger.read_past(passed);
                       return ledger.admit(event);
                   }) == Ledger::Verdict::hand_out) {
            reading.deliver(std::move(event), {});
        }
        passed = sequence;
    };
    const auto settle = [&] { books_->change([&](Ledger& ledger) { ledger.read_past(passed); }); };
    try {
        const ReaderPool::Lease reader = file_.readers.lend();
        scan_events(*reader, file_.names, from, head, peek, take);
    } catch (const JournalError& error) {
        settle();
        if (error.kind() != JournalError::Kind::damaged || looked_at <= passed) throw;
        throw with_way_on(error.what(), looked_at);
    } catch (...) {
        settle();
        throw;
    }
    if (next) {
        reading.fetched.more = true;
    } else {
        passed = head;
    }
    settle();
    books_->set_next_unread(next);
}

// ── outcomes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

void SqliteConsumer::finish(std::span<const Sequence> sequences) {
    const Sequence head = file_.head();
    books_->settle_outcome([&](Ledger& ledger) {
        for (const Sequence sequence : sequences) {
            // Above both no event has this number: remembered, it would hide the one that gets it. What was just
            // appended can be handed out a moment before the head is raised.
            if (sequence <= std::max(head, ledger.read_to())) ledger.finish(sequence);
        }
    });
}

bool SqliteConsumer::finished(Sequence sequence) const {
    return books_->look([&](const Ledger& ledger) { return ledger.finished(sequence); });
}

void SqliteConsumer::retry(Sequence sequence, Timestamp not_before, AttemptRecord record) {
    books_->settle_outcome([&](Ledger& ledger) { ledger.retry(sequence, not_before, std::move(record)); });
}

void SqliteConsumer::dead_letter(Sequence sequence, std::string reason, AttemptRecord record, Timestamp now) {
    books_->settle_outcome(
        [&](Ledger& ledger) { ledger.dead_letter(sequence, std::move(reason), std::move(record), now); });
}

void SqliteConsumer::give_back(Sequence sequence, std::optional<AttemptRecord> record) {
    books_->settle_outcome([&](Ledger& ledger) { ledger.give_back(sequence, std::move(record)); });
}

// ── key-value store ──────────────────────────────────────────────────────────────────────────────────────────────────

void SqliteConsumer::write(std::vector<Write> writes) {
    books_->write(std::move(writes));
}

std::optional<std::string> SqliteConsumer::get(std::string_view key) const {
    if (auto staged = books_->staged_value(key)) return *std::move(staged);
    const ReaderPool::Lease reader = file_.readers.lend();
    return read_value(*reader, books_->number(), key);
}

std::vector<std::pair<std::string, std::string>> SqliteConsumer::list(std::string_view prefix, std::string_view after,
                                                                      std::size_t limit) const {
    const ConsumerBooks::Values staged = books_->staged_values(prefix, after);
    const bool from_prefix = after < prefix;
    const ReaderPool::Lease reader = file_.readers.lend();
    // As many more as staged erasures could take away.
    const std::size_t wanted = limit > SIZE_MAX / 2 ? limit : limit + staged.size();
    const auto stored = read_values(*reader, books_->number(), from_prefix ? prefix : after, from_prefix, wanted);
    std::vector<std::pair<std::string, std::string>> result;
    auto next = staged.begin();
    const auto add_staged_before = [&](const std::string* key) {
        for (; next != staged.end() && (key == nullptr || next->first < *key); ++next) {
            if (next->second && result.size() < limit) result.emplace_back(next->first, *next->second);
        }
    };
    for (const auto& [key, value] : stored) {
        if (!key.starts_with(prefix)) break;
        add_staged_before(&key);
        if (result.size() >= limit) return result;
        if (next == staged.end() || next->first != key) result.emplace_back(key, value);
    }
    add_staged_before(nullptr);
    return result;
}

// ── observing ────────────────────────────────────────────────────────────────────────────────────────────────────────

void SqliteConsumer::commit(Committed done) {
    books_->commit(std::move(done));
}

ConsumerInfo SqliteConsumer::info() const {
    return books_->info();
}

std::optional<Timestamp> SqliteConsumer::next_due() const {
    return books_->look([](const Ledger& ledger) { return ledger.next_due(); });
}

}  // namespace foley::core
