#include "core/journal/sqlite/sqlite_journal.hpp"

#include "core/journal/sqlite/check.hpp"
#include "core/journal/sqlite/consumer_books.hpp"
#include "core/journal/sqlite/create.hpp"
#include "core/journal/sqlite/retention.hpp"
#include "core/journal/sqlite/row_check.hpp"
#include "core/journal/sqlite/sqlite_consumer.hpp"
#include "core/journal/sqlite/sqlite_file.hpp"
#include "core/journal/sqlite/state_file.hpp"
#include "core/journal/sqlite/subscribers.hpp"
#include "core/journal/sqlite/taken_events.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace foley::core {
namespace {

const SystemClock kSystemClock;
constexpr int kLogError = 3;                                  // FOLEY_LOG_ERROR
constexpr std::size_t kMostPayload = std::size_t{256} << 20;  // sources put events aside long before

SqliteJournalOptions completed(SqliteJournalOptions options) {
    options.file = std::filesystem::absolute(options.file);
    if (options.clock == nullptr) options.clock = &kSystemClock;
    return options;
}

class SqliteJournal final : public Journal {
public:
    explicit SqliteJournal(SqliteJournalOptions options);
    ~SqliteJournal() override;
    SqliteJournal(const SqliteJournal&) = delete;
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    JournalInfo info() const override;
    Sequence head() const override { return file_.head(); }
    AppendResult append(std::string_view source, std::span<Event> events,
                        std::optional<std::string_view> cursor) override;
    std::optional<std::string> cursor(std::string_view source) const override;
    void put_aside(const Aside& aside) override;
    std::vector<Aside> aside(std::size_t limit) const override;
    std::vector<std::shared_ptr<const Event>> read(Sequence after, std::size_t limit, std::size_t bytes) const override;
    std::shared_ptr<const Event> find(Sequence sequence) const override;
    std::optional<Sequence> find(std::string_view source, std::string_view id) const override;
    Subscription on_append(std::function<void(Sequence head)> changed) override;
    std::unique_ptr<Consumer> consumer(const std::string& name, const StartRule& start) override;
    std::vector<ConsumerInfo> consumers() const override;
    std::vector<std::string> consumer_names() const override;
    bool rename_consumer(const std::string& from, const std::string& to) override;
    bool remove_consumer(const std::string& name) override;
    PruneResult prune(const RetentionPolicy& policy, std::span<const std::string> disabled, Timestamp now) override;
    std::vector<std::string> check() const override;
    std::unique_ptr<JournalCheck> begin_check() const override;
    void rest() override;
    void close() override;

private:
    void appended(const JournalState& before, const JournalState& after) noexcept;
    std::shared_ptr<ConsumerBooks> books(const std::string& name, const StartRule* start) const;
    std::shared_ptr<ConsumerBooks> load_books(const ConsumerRow& row) const;
    ConsumerRow make_consumer(const std::string& name, const StartRule& start) const;
    std::shared_ptr<ConsumerBooks> unclaimed_books(const std::string& name, const char* doing);
    void forget_books(const std::string& name);

    const JournalLock lock_;
    mutable SqliteFile file_;
    std::vector<std::shared_ptr<const Event>> to_cache_;  // of the transaction that is being made; of whoever writes
    bool unclean_ = false;
    Subscribers subscribers_;
    mutable std::mutex opening_;  // one consumer is opened, renamed or removed at a time
    mutable std::mutex books_mutex_;
    mutable std::map<std::string, std::shared_ptr<ConsumerBooks>> books_;
};

SqliteJournal::SqliteJournal(SqliteJournalOptions options)
    : lock_((refuse_network_file_system(options.file.parent_path()), options.file)), file_(std::move(options)) {
    create_or_upgrade(file_.options.file);
    JournalState state;
    {
        Connection connection(file_.options.file, false);
        state = open_generation(connection);
        unclean_ = !state.clean;
        file_.check_due = unclean_;
        state.clean = false;
        read_sources(connection, file_.names);
        const auto first = next_event(connection, Sequence{}, state.head);
        file_.newest = state.head.value;
        file_.oldest = first ? first->first.value : state.head.value + 1;
    }
    file_.writer = std::make_unique<Writer>(
        Writer::Options{file_.options.file, file_.options.commit_interval, file_.options.log}, state,
        Writer::Listener{[this] { to_cache_.clear(); },
                         [this](const JournalState& before, const JournalState& after) { appended(before, after); }});
}

SqliteJournal::~SqliteJournal() {
    file_.writer->stop();
}

void SqliteJournal::rest() {
    file_.cache.clear();
    file_.readers.rest();
    file_.writer->rest();
}

void SqliteJournal::close() {
    if (file_.writer->stopped()) return;
    std::vector<std::shared_ptr<ConsumerBooks>> all;
    {
        const std::lock_guard lock(books_mutex_);
        for (const auto& [name, books] : books_)
            all.push_back(books);
    }
    for (const auto& books : all)
        books->commit_and_wait();
    file_.writer->run([this](Connection&, JournalState& state) { state.clean = !file_.check_due; });
    file_.writer->stop();
}

JournalInfo SqliteJournal::info() const {
    const JournalState state = file_.writer->state();
    JournalInfo info;
    info.id = state.id;
    info.generation = state.generation;
    info.unclean = unclean_;
    info.head = state.head;
    info.oldest = Sequence{std::min(file_.oldest.load(), state.head.value + 1)};
    info.events = state.events;
    for (const char* part : {"", "-wal"}) {
        std::error_code error;
        const auto size = std::filesystem::file_size(file_.options.file.string() + part, error);
        if (!error) info.bytes += size;
    }
    return info;
}

// ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────

AppendResult SqliteJournal::append(std::string_view from, std::span<Event> events,
                                   std::optional<std::string_view> cursor) {
    const std::string source(from);  // it may be that of an event, which is taken
    if (source.empty()) throw std::invalid_argument("An append needs the name of its source.");
    for (const Event& event : events) {
        if (event.id.empty()) throw std::invalid_argument("An event of " + source + " has no id.");
        if (event.payload.size() > kMostPayload) {
            throw std::invalid_argument("Event " + event.id + " of " + source +
                                        " is too large for the journal; put it aside.");
        }
    }
    const Timestamp now = file_.options.clock->now();
    TakenEvents taken(events, source);
    AppendResult result;
    file_.writer->run_here([&](Connection& connection, JournalState& state) {
        result = AppendResult{};
        const std::optional<std::uint64_t> known = find_source(connection, source);
        const std::uint64_t number = known.value_or(file_.names.number_for(source));
        if (cursor) {
            write_source(connection, number, source, cursor);
        } else if (!known) {
            write_source(connection, number, source, std::nullopt);
        }
        for (const auto& event : taken.all()) {
            const Sequence sequence = state.head.next();
            if (!add_seen(connection, number, event->id, sequence)) {
                ++result.duplicates;
                event->sequence = Sequence{};
                continue;
            }
            // Never falls, and is never ahead of this machine's clock: see docs/journal.md.
            state.last_at = std::max(state.last_at, std::min(event->received_at, now));
            state.head = sequence;
            ++state.events;
            ++result.appended;
            event->sequence = sequence;
            to_cache_.push_back(event);
            write_event(connection, *event, sequence, number, state.last_at);
        }
        result.head = state.head;
        // A reader can meet the number as soon as the transaction is committed.
        if (!known) file_.names.add(number, source);
    });
    taken.keep();
    for (std::size_t index = 0; index < events.size(); ++index)
        events[index].sequence = taken.all()[index]->sequence;
    return result;
}

std::optional<std::string> SqliteJournal::cursor(std::string_view source) const {
    const ReaderPool::Lease reader = file_.readers.lend();
    return read_cursor(*reader, source);
}

void SqliteJournal::put_aside(const Aside& aside) {
    file_.writer->run([&](Connection& connection, JournalState&) { write_aside(connection, aside); });
}

std::vector<Journal::Aside> SqliteJournal::aside(std::size_t limit) const {
    const ReaderPool::Lease reader = file_.readers.lend();
    return read_aside(*reader, limit);
}

void SqliteJournal::appended(const JournalState& before, const JournalState& after) noexcept {
    try {
        // Before anybody is told that they are there.
        file_.cache.append(before.head, after.head, to_cache_);
    } catch (const std::bad_alloc&) {
        file_.cache.clear();  // readers find them in the file
    }
    to_cache_.clear();
    file_.newest.store(after.head.value, std::memory_order_release);
    try {
        // Numbers can be taken without an event: gaps of overtaken consumers. Readers go past them.
        if (after.events > before.events) {
            const std::lock_guard lock(books_mutex_);
            for (const auto& [name, books] : books_)
                books->appended(before.head.next(), after.last_at);
        }
        subscribers_.tell(after.head);
    } catch (const std::exception& error) {
        if (file_.options.log) {
            file_.options.log(kLogError, std::string("Telling of new events failed: ") + error.what());
        }
    }
}

// ── readers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<std::shared_ptr<const Event>> SqliteJournal::read(Sequence after, std::size_t limit,
                                                              std::size_t bytes) const {
    std::vector<std::shared_ptr<const Event>> events;
    std::size_t used = 0;
    const ReaderPool::Lease reader = file_.readers.lend();
    scan_events(
        *reader, file_.names, after, file_.head(),
        [&](Sequence, Timestamp) { return events.size() < limit && (used < bytes || events.empty()); },
        [&](std::shared_ptr<const Event> event) {
            used += event->payload.size();
            events.push_back(std::move(event));
        });
    return events;
}

std::shared_ptr<const Event> SqliteJournal::find(Sequence sequence) const {
    const ReaderPool::Lease reader = file_.readers.lend();
    return read_event(*reader, file_.names, sequence);
}

std::optional<Sequence> SqliteJournal::find(std::string_view source, std::string_view id) const {
    return find_by_id(file_, source, id);
}

Journal::Subscription SqliteJournal::on_append(std::function<void(Sequence head)> changed) {
    return subscribers_.add(std::move(changed));
}

// ── plugins ──────────────────────────────────────────────────────────────────────────────────────────────────────────

std::unique_ptr<Consumer> SqliteJournal::consumer(const std::string& name, const StartRule& start) {
    const std::lock_guard opening(opening_);
    std::shared_ptr<ConsumerBooks> found = books(name, &start);
    if (!found->claim()) throw std::logic_error("The consumer " + name + " is in use already.");
    return std::make_unique<SqliteConsumer>(file_, std::move(found));
}

// Those that are open, then those in the file; made by `start`, if that is given. Under `opening_`.
std::shared_ptr<ConsumerBooks> SqliteJournal::books(const std::string& name, const StartRule* start) const {
    {
        const std::lock_guard lock(books_mutex_);
        if (const auto found = books_.find(name); found != books_.end()) return found->second;
    }
    std::optional<ConsumerRow> row;
    {
        const ReaderPool::Lease reader = file_.readers.lend();
        row = read_consumer(*reader, name);
    }
    if (!row && start == nullptr) return nullptr;
    if (!row) row = make_consumer(name, *start);
    std::shared_ptr<ConsumerBooks> loaded = load_books(*row);
    const std::lock_guard lock(books_mutex_);
    return books_[name] = std::move(loaded);
}

ConsumerRow SqliteJournal::make_consumer(const std::string& name, const StartRule& start) const {
    if (name.empty()) throw std::invalid_argument("A consumer needs a name.");
    const std::lock_guard upkeep(file_.upkeep);
    ConsumerRow row;
    row.name = name;
    const StartPlace place = resolve_start(file_, start);
    row.standing.read_to = place.read_to;
    file_.writer->run([&](Connection& connection, JournalState&) {
        row.number = next_consumer_number(connection);
        write_consumer(connection, row.number, row.name, row.standing);
        if (place.imported) write_imported(connection, row.number, *place.imported);
    });
    return row;
}

std::shared_ptr<ConsumerBooks> SqliteJournal::load_books(const ConsumerRow& row) const {
    const ReaderPool::Lease reader = file_.readers.lend();
    std::vector<std::shared_ptr<const Event>> open;
    std::vector<std::pair<Sequence, std::string>> damaged;
    for (const Sequence sequence : row.standing.open) {
        try {
            if (auto event = read_event(*reader, file_.names, sequence)) open.push_back(std::move(event));
        } catch (const JournalError& error) {
            if (error.kind() != JournalError::Kind::damaged) throw;
            damaged.emplace_back(sequence, error.what());
        }
    }
    // A damaged row stops its consumer there, and nobody else: it is met again by fetch.
    Ledger ledger;
    ledger.restore(row.standing, open, read_dead_letter_sequences(*reader, row.number));
    if (!row.damage.empty()) ledger.lose_place(row.damage);
    for (auto& [sequence, why] : damaged)
        ledger.restore_damaged(sequence, false, std::move(why));
    scan_backlog(
        *reader, row.number, [&](const Ledger::Row& entry) { ledger.restore_backlog(entry); },
        [&](Sequence sequence, const JournalError& error) { ledger.restore_damaged(sequence, true, error.what()); });
    if (auto imported = read_imported(*reader, row.number)) ledger.restore_imported(*std::move(imported));
    const Sequence read_to = ledger.read_to();
    auto books = std::make_shared<ConsumerBooks>(*file_.writer, row.number, row.name, std::move(ledger));
    books->set_next_unread(next_event(*reader, read_to, file_.head()));
    return books;
}

std::vector<ConsumerInfo> SqliteJournal::consumers() const {
    const std::lock_guard opening(opening_);
    std::vector<ConsumerRow> rows;
    {
        const ReaderPool::Lease reader = file_.readers.lend();
        rows = read_consumers(*reader);
    }
    std::vector<ConsumerInfo> result;
    result.reserve(rows.size());
    for (const ConsumerRow& row : rows) {
        try {
            result.push_back(books(row.name, nullptr)->info());
        } catch (const JournalError& error) {
            result.emplace_back();
            result.back().name = row.name;
            result.back().problem = error.what();
        }
    }
    return result;
}

std::vector<std::string> SqliteJournal::consumer_names() const {
    const ReaderPool::Lease reader = file_.readers.lend();
    return read_consumer_names(*reader);
}

// The books of a consumer that no object uses, everything of theirs on disk; null: there is none.
std::shared_ptr<ConsumerBooks> SqliteJournal::unclaimed_books(const std::string& name, const char* doing) {
    std::shared_ptr<ConsumerBooks> found = books(name, nullptr);
    if (found && found->claimed()) {
        throw std::logic_error("The consumer " + name + " cannot be " + doing + " while it is in use.");
    }
    if (found) found->commit_and_wait();
    return found;
}

void SqliteJournal::forget_books(const std::string& name) {
    const std::lock_guard lock(books_mutex_);
    books_.erase(name);
}

bool SqliteJournal::rename_consumer(const std::string& from, const std::string& to) {
    if (to.empty()) throw std::invalid_argument("A consumer needs a name.");
    const std::lock_guard opening(opening_);
    if (books(to, nullptr)) return false;
    const std::shared_ptr<ConsumerBooks> renamed = unclaimed_books(from, "renamed");
    if (!renamed) return false;
    const std::lock_guard upkeep(file_.upkeep);  // nobody may be giving it a gap under its old name
    file_.writer->run([&](Connection& connection, JournalState&) {
        const std::optional<ConsumerRow> row = read_consumer(connection, from);
        if (row && !row->damage.empty()) throw JournalError(JournalError::Kind::damaged, row->damage);
        if (row) write_consumer(connection, row->number, to, row->standing);
    });
    renamed->detach();
    forget_books(from);
    return true;
}

bool SqliteJournal::remove_consumer(const std::string& name) {
    const std::lock_guard opening(opening_);
    const std::shared_ptr<ConsumerBooks> removed = unclaimed_books(name, "removed");
    if (!removed) return false;
    const std::lock_guard upkeep(file_.upkeep);
    file_.writer->run([&](Connection& connection, JournalState&) { erase_consumer(connection, removed->number()); });
    removed->detach();
    forget_books(name);
    return true;
}

// ── upkeep ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PruneResult SqliteJournal::prune(const RetentionPolicy& policy, std::span<const std::string> disabled, Timestamp now) {
    std::unique_lock opening(opening_);
    std::vector<ConsumerRow> rows;
    {
        const ReaderPool::Lease reader = file_.readers.lend();
        rows = read_consumers(*reader);
    }
    std::vector<std::shared_ptr<ConsumerBooks>> all;
    all.reserve(rows.size());
    std::vector<std::string> problems;
    for (const ConsumerRow& row : rows) {
        try {
            all.push_back(books(row.name, nullptr));
        } catch (const JournalError& error) {
            problems.push_back(row.name + "'s place cannot be read, so no event is let go: " + error.what());
        }
    }
    if (!problems.empty()) return {0, {}, std::move(problems)};
    const std::lock_guard upkeep(file_.upkeep);
    opening.unlock();  // no consumer can be made while upkeep is held
    PruneResult result = Retention(file_, policy, now).run(all, disabled);
    file_.cache.clear();
    return result;
}

std::vector<std::string> SqliteJournal::check() const {
    return check_journal(file_);
}

std::unique_ptr<JournalCheck> SqliteJournal::begin_check() const {
    return std::make_unique<RowCheck>(file_);
}

}  // namespace

std::unique_ptr<Journal> open_sqlite_journal(SqliteJournalOptions options) {
    return std::make_unique<SqliteJournal>(completed(std::move(options)));
}

}  // namespace foley::core
