#include "core/journal/sqlite/row_check.hpp"

#include <utility>

namespace foley::core {
namespace {

constexpr std::size_t kMost = 100;
constexpr std::uint64_t kSlice = 500;  // rows in one step

constexpr const char* kAsideKeys = "SELECT number FROM aside WHERE ?1 = 0 AND number > ?2 ORDER BY number LIMIT ?3";
constexpr const char* kBacklogKeys =
    "SELECT sequence FROM backlog WHERE consumer = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3";
constexpr const char* kDeadLetterKeys =
    "SELECT sequence FROM dead_letters WHERE consumer = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3";
constexpr const char* kStoreKeys = "SELECT key FROM store WHERE consumer = ?1 AND key > ?2 ORDER BY key LIMIT ?3";

}  // namespace

RowCheck::RowCheck(SqliteFile& file) : file_(file), newest_(file.head()) {
    parts_.emplace_back([this] {
        const ReaderPool::Lease reader = file_.readers.lend();
        look([&] { read_state(*reader); });
        look([&] {
            SourceNames names;
            read_sources(*reader, names);
        });
        add_consumers();
        return false;
    });
    add_keyed(kAsideKeys, 0, [](Connection& connection, Sequence key) { read_aside_one(connection, key.value); });
    parts_.emplace_back([this] { return check_event_slice(); });
}

bool RowCheck::step() {
    if (!parts_.empty() && problems_.size() < kMost) {
        Part& part = parts_.front();  // stays where it is when it adds others
        if (part()) return true;
        parts_.pop_front();
        if (!parts_.empty()) return true;
    }
    file_.check_due = false;
    return false;
}

// What it throws of damage is a finding.
template <typename Look>
void RowCheck::look(Look look) {
    try {
        ++rows_;
        look();
    } catch (const JournalError& error) {
        if (error.kind() != JournalError::Kind::damaged) throw;
        problems_.emplace_back(error.what());
    }
}

void RowCheck::add_consumers() {
    const ReaderPool::Lease reader = file_.readers.lend();
    look([&] {
        for (const ConsumerRow& consumer : read_consumers(*reader)) {
            if (!consumer.damage.empty()) problems_.push_back(consumer.damage);
            const ConsumerNumber number = consumer.number;
            look([&] { read_imported(*reader, number); });
            add_keyed(kBacklogKeys, number,
                      [number](Connection& connection, Sequence key) { read_backlog(connection, number, key); });
            add_keyed(kDeadLetterKeys, number, [number](Connection& connection, Sequence key) {
                read_dead_letters(connection, number, Sequence{key.value - 1}, 1);
            });
            add_store(number);
        }
    });
}

// Keys first, then each row by its key: a row that is gone by then is none.
void RowCheck::add_keyed(const char* keys, ConsumerNumber consumer,
                         std::function<void(Connection& connection, Sequence key)> read) {
    parts_.emplace_back([this, keys, consumer, read = std::move(read), after = Sequence{}]() mutable {
        const ReaderPool::Lease reader = file_.readers.lend();
        std::vector<Sequence> found;
        look([&] {
            Statement& row = (*reader)(keys);
            const ResetAtEnd reset(row);
            row.bind(1, consumer).bind(2, after).bind(3, kSlice);
            while (row.step())
                found.push_back(row.sequence(0));
        });
        for (const Sequence key : found)
            look([&] { read(*reader, key); });
        if (found.empty()) return false;
        after = found.back();
        return true;
    });
}

void RowCheck::add_store(ConsumerNumber consumer) {
    parts_.emplace_back([this, consumer, after = std::string()]() mutable {
        const ReaderPool::Lease reader = file_.readers.lend();
        std::vector<std::string> found;
        look([&] {
            Statement& row = (*reader)(kStoreKeys);
            const ResetAtEnd reset(row);
            row.bind(1, consumer).bind_blob(2, after).bind(3, kSlice);
            while (row.step())
                found.emplace_back(row.bytes(0));
        });
        for (const std::string& key : found)
            look([&] { read_value(*reader, consumer, key); });
        if (found.empty()) return false;
        after = found.back();
        return true;
    });
}

bool RowCheck::check_event_slice() {
    const ReaderPool::Lease reader = file_.readers.lend();
    Sequence last = event_;
    look([&] { last = check_events(*reader, file_.names, event_, kSlice, problems_); });
    rows_ += last.value - event_.value;
    if (last == event_) return false;
    event_ = last;
    return event_ < newest_;
}

}  // namespace foley::core
