// Where a consumer starts.
#include "core/journal/sqlite/sqlite_file.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace foley::core {
namespace {

constexpr std::uint64_t kSlice = 20000;  // events in one read transaction of a long search

Sequence before_oldest(const SqliteFile& file) {
    return Sequence{file.oldest.load() - 1};
}

// The event before the first one that is still to be handled; the head when there is none.
Sequence last_covered(SqliteFile& file, const ImportedPosition& imported) {
    const std::uint64_t end = imported.others_before.value;
    const std::optional<std::uint64_t> number = file.names.number(imported.source);
    if (!number) return Sequence{end};
    const ReaderPool::Lease reader = file.readers.lend();
    Statement& row = (*reader)(
        "SELECT sequence, id FROM events WHERE sequence > ?1 AND sequence <= ?2 AND source = ?3 ORDER BY sequence");
    for (std::uint64_t after = before_oldest(file).value; after < end;) {
        const std::uint64_t through = after + std::min(kSlice, end - after);
        const ResetAtEnd reset(row);
        row.bind(1, after).bind(2, through).bind(3, *number);
        while (row.step()) {
            const Sequence sequence = row.sequence(0);
            if (!imported.covers(imported.source, row.bytes(1), sequence)) return Sequence{sequence.value - 1};
        }
        after = through;
    }
    return Sequence{end};
}

struct Resolve {
    SqliteFile& file;
    StartPlace operator()(const StartLatest&) const { return {file.head()}; }
    StartPlace operator()(const StartEarliest&) const { return {before_oldest(file)}; }
    StartPlace operator()(const StartAfter& rule) const { return {std::min(rule.sequence, file.head())}; }
    StartPlace operator()(const StartAtTime& rule) const { return {last_before(file, rule.time)}; }
    StartPlace operator()(const StartHandled& rule) const {
        ImportedPosition imported = imported_position(rule, file.head());
        const Sequence read_to = last_covered(file, imported);
        return {read_to, std::move(imported)};
    }
    StartPlace operator()(const StartAtSourceId& rule) const {
        const std::optional<Sequence> found = find_by_id(file, rule.source, rule.id);
        if (!found) {
            throw std::invalid_argument("The journal has no event '" + rule.id + "' of source " + rule.source +
                                        " to start at. Start at a time, or at the earliest event.");
        }
        return {Sequence{found->value - 1}};
    }
};

}  // namespace

StartPlace resolve_start(SqliteFile& file, const StartRule& rule) {
    return std::visit(Resolve{file}, rule);
}

// The times of the journal never fall, so it is found by halving.
Sequence last_before(SqliteFile& file, Timestamp time) {
    const Sequence head = file.head();
    std::uint64_t low = before_oldest(file).value;  // every event up to here is earlier
    std::uint64_t high = head.value;                // every event after here is not
    const ReaderPool::Lease reader = file.readers.lend();
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const auto event = next_event(*reader, Sequence{middle}, head);
        if (!event || event->second >= time) {
            high = middle;
        } else {
            low = event->first.value;
        }
    }
    return Sequence{low};
}

std::optional<Sequence> find_by_id(SqliteFile& file, std::string_view source, std::string_view id) {
    const std::optional<std::uint64_t> number = file.names.number(source);
    if (!number) return std::nullopt;
    const ReaderPool::Lease reader = file.readers.lend();
    if (const auto seen = find_seen(*reader, *number, id)) return seen;
    // Older than duplicates are looked for: read on, newest first, in slices.
    Statement& row = (*reader)(
        "SELECT sequence FROM events WHERE sequence > ?1 AND sequence <= ?2 AND source = ?3 AND id = ?4 "
        "ORDER BY sequence DESC LIMIT 1");
    const std::uint64_t end = before_oldest(file).value;
    for (std::uint64_t through = file.head().value; through > end;) {
        const std::uint64_t after = through - std::min(kSlice, through - end);
        const ResetAtEnd reset(row);
        row.bind(1, after).bind(2, through).bind(3, *number).bind_text(4, id);
        if (row.step()) return row.sequence(0);
        through = after;
    }
    return std::nullopt;
}

}  // namespace foley::core
