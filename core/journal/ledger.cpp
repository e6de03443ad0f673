#include "core/journal/ledger.hpp"

#include <algorithm>
#include <limits>

namespace foley::core {
namespace {

constexpr Timestamp kAtOnce{};

std::size_t bytes_of(const Event& event) noexcept {
    return event.payload.size() + event.id.size() + 256;
}

}  // namespace

void Ledger::restore(const Standing& standing, std::span<const std::shared_ptr<const Event>> open,
                     SequenceRanges dead_letters) {
    *this = Ledger{};
    read_to_ = standing.read_to;
    ahead_ = standing.ahead;
    dead_ = std::move(dead_letters);
    for (const auto& event : open) {
        Entry& entry = open_.put(event->sequence);
        entry.event = event;
        entry.received_at = event->received_at;
        enqueue(event->sequence, entry);
    }
    newest_finished_ = ahead_.empty() ? read_to_ : Sequence{ahead_.ranges().rbegin()->second};
    lower_newest_finished();
}

void Ledger::restore_backlog(const Row& row) {
    const Sequence sequence = row.event->sequence;
    Entry& entry = backlog_[sequence];
    entry.keys = ordering_keys(*row.event);
    entry.received_at = row.event->received_at;
    entry.record = row.record;
    entry.not_before = row.not_before;
    entry.state = row.state;
    entry.again = row.again;
    entry.own = row.own;
    entry.backlog = true;
    enqueue(sequence, entry);
    lower_newest_finished();
}

void Ledger::restore_damaged(Sequence sequence, bool in_backlog, std::string why) {
    Entry& entry = in_backlog ? backlog_[sequence] : open_.put(sequence);
    entry.backlog = in_backlog;
    entry.damaged = true;
    entry.in_flight = true;
    damage_[sequence] = std::move(why);
    lower_newest_finished();
}

void Ledger::lower_newest_finished() noexcept {
    while (newest_finished_.value > 0 && find(newest_finished_) != nullptr)
        --newest_finished_.value;
}

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<Ledger::Pick> Ledger::take_due(Timestamp now, std::size_t limit) {
    std::vector<Pick> picks;
    while (picks.size() < limit) {
        while (!timed_.empty() && timed_.begin()->first <= now) {
            ready_.insert(timed_.begin()->second);
            timed_.erase(timed_.begin());
        }
        if (ready_.empty() || !place_lost_.empty()) break;
        const Sequence sequence = *ready_.begin();
        if (!damage_.empty() && damage_.begin()->first < sequence) break;
        Entry& entry = *find(sequence);
        dequeue(sequence, entry);
        entry.in_flight = true;
        picks.push_back({sequence, entry.event, entry.record});
        // How long it was due and nobody took it (blocked, paused, disabled, not running) is no time of trying.
        Timestamp& began = picks.back().record.first_failed_at;
        if (began != Timestamp{} && entry.not_before != kAtOnce && now > entry.not_before)
            began = std::min(now, began + (now - entry.not_before));
    }
    return picks;
}

Ledger::Verdict Ledger::admit(const std::shared_ptr<const Event>& event) {
    const Sequence sequence = event->sequence;
    const bool above_all =
        (open_.empty() || open_.last() < sequence) && (backlog_.empty() || backlog_.rbegin()->first < sequence);
    const bool known = sequence <= read_to_ || ahead_.contains(sequence) || (!above_all && find(sequence) != nullptr);
    const Sequence finished_before = newest_finished_;
    read_past(sequence);
    if (known || (imported_ && imported_->covers(event->source, event->id, sequence))) return Verdict::skip;
    newest_finished_ = finished_before;
    Entry& entry = open_.put(sequence);
    entry.event = event;
    entry.received_at = event->received_at;
    entry.in_flight = true;
    if (!blocked(*event)) return Verdict::hand_out;
    Entry& held = into_backlog(sequence, RetryEntry::State::held, kAtOnce);
    stage(sequence, held);
    return Verdict::held;
}

void Ledger::read_past(Sequence sequence) {
    if (sequence <= read_to_) return;
    read_to_ = sequence;
    if (!ahead_.empty()) ahead_.erase_through(sequence);
    newest_finished_ = std::max(newest_finished_, sequence);
    standing_changed_ = true;
}

bool Ledger::blocked(const Event& event) const {
    if (queues_.empty()) return false;
    const std::vector<std::string> keys = ordering_keys(event);
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        const auto queue = queues_.find(key);
        return queue != queues_.end() && *queue->second.begin() < event.sequence;
    });
}

// ── outcomes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

void Ledger::finish(Sequence sequence) {
    forget(sequence);
    mark_finished(sequence);
}

void Ledger::mark_finished(Sequence sequence) {
    newest_finished_ = std::max(newest_finished_, sequence);
    standing_changed_ = true;
    if (sequence <= read_to_) return;
    ahead_.insert(sequence);
    const auto first = ahead_.ranges().begin();
    if (first->first == read_to_.value + 1) read_past(Sequence{first->second});
}

void Ledger::retry(Sequence sequence, Timestamp not_before, AttemptRecord record) {
    if (const Entry* known = find(sequence); known == nullptr || known->damaged) return;
    Entry& entry = into_backlog(sequence, RetryEntry::State::waiting, not_before);
    entry.record = std::move(record);
    stage(sequence, entry);
}

void Ledger::give_back(Sequence sequence, std::optional<AttemptRecord> record) {
    Entry* entry = find(sequence);
    if (entry == nullptr || entry->damaged) return;
    if (record) {
        Entry& kept = into_backlog(sequence, RetryEntry::State::waiting, kAtOnce);
        kept.record = *std::move(record);
        stage(sequence, kept);
    } else if (entry->in_flight) {
        enqueue(sequence, *entry);
    }
}

void Ledger::dead_letter(Sequence sequence, std::string reason, AttemptRecord record, Timestamp at) {
    const Entry* entry = find(sequence);
    if (entry == nullptr || entry->damaged) return;
    changes_.dead_letters[sequence] = DeadRow{entry->event, std::move(reason), at, std::move(record)};
    dead_.insert(sequence);
    finish(sequence);
}

void Ledger::give_back_all() {
    const auto back = [this](Sequence sequence, Entry& entry) {
        if (entry.in_flight && !entry.damaged) enqueue(sequence, entry);
    };
    open_.each(back);
    for (auto& [sequence, entry] : backlog_)
        back(sequence, entry);
}

// ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void Ledger::replay(std::shared_ptr<const Event> event) {
    const Sequence sequence = event->sequence;
    Entry* known = find(sequence);
    const bool damaged = known != nullptr && known->damaged;
    if (damaged) {
        forget(sequence);
        known = nullptr;
    }
    if (known != nullptr && known->in_flight) return;
    if (known != nullptr) {
        if (!known->event) known->event = std::move(event);  // the stored copy may be what cannot be read
    } else {
        Entry& made = backlog_[sequence];
        made.received_at = event->received_at;
        made.event = std::move(event);
        made.again = !damaged && (sequence <= read_to_ || ahead_.contains(sequence));
        made.in_flight = true;
        made.backlog = true;
    }
    Entry& entry = into_backlog(sequence, RetryEntry::State::waiting, kAtOnce);
    entry.record = AttemptRecord{};
    stage(sequence, entry);
}

bool Ledger::retry_dead_letter(Sequence sequence, std::shared_ptr<const Event> event) {
    if (!drop_dead_letter(sequence)) return false;
    replay(std::move(event));
    return true;
}

bool Ledger::drop_dead_letter(Sequence sequence) {
    if (!dead_.contains(sequence)) return false;
    dead_.erase(sequence);
    changes_.dead_letters[sequence] = std::nullopt;
    return true;
}

void Ledger::seek(Sequence place, Sequence oldest_kept, Sequence head, std::optional<ImportedPosition> imported) {
    const bool back = place < low();
    std::vector<Sequence> dropped;
    for (const auto& [sequence, entry] : backlog_) {
        const bool stays = sequence <= place ? back && !entry.damaged : entry.own || sequence < oldest_kept;
        if (!stays) dropped.push_back(sequence);
    }
    open_.each([&dropped](Sequence sequence, const Entry&) { dropped.push_back(sequence); });
    for (const Sequence sequence : dropped)
        forget(sequence);
    read_to_ = place;
    newest_finished_ = place;
    place_lost_.clear();
    ahead_.clear();
    standing_changed_ = true;
    if (!imported && !imported_) return;
    if (imported) {
        imported_ = std::move(imported);
    } else {
        imported_->judged_after = head;
        imported_->others_before = Sequence{};
    }
    changes_.imported = imported_;
}

void Ledger::overtake(Sequence bound, std::span<const std::shared_ptr<const Event>> gaps) {
    std::vector<Sequence> dropped;
    open_.each([&](Sequence sequence, const Entry& entry) {
        if (sequence <= bound && (!entry.in_flight || entry.damaged)) dropped.push_back(sequence);
    });
    for (const Sequence sequence : dropped)
        forget(sequence);
    read_past(bound);
    place_lost_.clear();
    for (const auto& gap : gaps) {
        Entry& entry = backlog_[gap->sequence];
        entry.event = gap;
        entry.received_at = gap->received_at;
        entry.own = true;
        entry.in_flight = true;
        entry.backlog = true;
        stage(gap->sequence, into_backlog(gap->sequence, RetryEntry::State::waiting, kAtOnce));
    }
}

// ── what must be stored ──────────────────────────────────────────────────────────────────────────────────────────────

void Ledger::stage(Sequence sequence, Entry& entry) {
    if (entry.event && entry.unstored_bytes == 0) {
        entry.unstored_bytes = bytes_of(*entry.event);
        unstored_bytes_ += entry.unstored_bytes;
    }
    changes_.backlog[sequence] = Row{entry.event, entry.state, entry.not_before, entry.again, entry.own, entry.record};
    standing_changed_ = true;
}

void Ledger::settle_bytes(Entry& entry) noexcept {
    unstored_bytes_ -= entry.unstored_bytes;
    entry.unstored_bytes = 0;
}

Ledger::Changes Ledger::take_changes() {
    Changes taken = std::move(changes_);
    changes_ = Changes{};
    if (standing_changed_ && place_lost_.empty()) {
        Standing standing;
        standing.read_to = read_to_;
        standing.ahead = ahead_;
        standing.open.reserve(open_.size());
        open_.each([&standing](Sequence sequence, const Entry&) { standing.open.push_back(sequence); });
        taken.standing = std::move(standing);
    }
    standing_changed_ = false;
    return taken;
}

void Ledger::stored(const Changes& changes) {
    for (const auto& [sequence, row] : changes.backlog) {
        const auto found = backlog_.find(sequence);
        if (!row || found == backlog_.end() || changes_.backlog.contains(sequence)) continue;
        settle_bytes(found->second);
        if (!found->second.in_flight) found->second.event.reset();
    }
}

void Ledger::not_stored(Changes&& changes) {
    if (changes.standing) standing_changed_ = true;
    changes_.backlog.merge(std::move(changes.backlog));  // keeps what is newer
    changes_.dead_letters.merge(std::move(changes.dead_letters));
    if (!changes_.imported) changes_.imported = std::move(changes.imported);
}

// ── observing ────────────────────────────────────────────────────────────────────────────────────────────────────────

Sequence Ledger::low() const noexcept {
    if (open_.empty()) return read_to_;
    return std::min(read_to_, Sequence{open_.first().value - 1});
}

Sequence Ledger::position() const noexcept {
    Sequence position = low();
    for (const auto& [sequence, entry] : backlog_) {
        if (entry.again) continue;
        return std::min(position, Sequence{sequence.value - 1});
    }
    return position;
}

bool Ledger::finished(Sequence sequence) const noexcept {
    const Entry* entry = find(sequence);
    if (entry != nullptr) return entry->again;
    return sequence <= read_to_ || ahead_.contains(sequence);
}

bool Ledger::owes(Sequence sequence, std::string_view source, std::string_view id) const noexcept {
    const Entry* entry = find(sequence);
    if (entry != nullptr) return !entry->backlog;
    if (sequence <= read_to_ || ahead_.contains(sequence)) return false;
    return !imported_ || !imported_->covers(source, id, sequence);
}

std::optional<Timestamp> Ledger::next_due() const noexcept {
    if (!ready_.empty()) return find(*ready_.begin())->not_before;
    return timed_.empty() ? std::nullopt : std::optional(timed_.begin()->first);
}

std::optional<Timestamp> Ledger::next_retry_at() const noexcept {
    if (waiting_ == 0) return std::nullopt;
    for (const Sequence sequence : ready_) {
        const Entry* entry = find(sequence);
        if (entry->backlog && entry->state == RetryEntry::State::waiting) return entry->not_before;
    }
    return timed_.empty() ? std::nullopt : std::optional(timed_.begin()->first);
}

std::optional<std::pair<Sequence, Timestamp>> Ledger::oldest_open() const noexcept {
    const auto counts = [](const Entry& entry) { return !entry.again && !entry.damaged; };
    std::optional<std::pair<Sequence, Timestamp>> oldest;
    if (const auto open = open_.first_that(counts)) oldest = {open->first, open->second->received_at};
    const auto kept =
        std::find_if(backlog_.begin(), backlog_.end(), [&](const auto& pair) { return counts(pair.second); });
    if (kept != backlog_.end() && (!oldest || kept->first < oldest->first))
        oldest = {kept->first, kept->second.received_at};
    return oldest;
}

std::optional<std::pair<Sequence, std::string>> Ledger::first_damage() const {
    if (!place_lost_.empty()) return std::pair(Sequence{}, place_lost_);
    if (damage_.empty()) return std::nullopt;
    return *damage_.begin();
}

std::vector<std::pair<Sequence, RetryEntry>> Ledger::backlog(std::size_t limit) const {
    std::vector<std::pair<Sequence, RetryEntry>> entries;
    for (const auto& [sequence, entry] : backlog_) {
        if (entries.size() >= limit) break;
        const Sequence behind = entry.state == RetryEntry::State::held ? first_before(sequence, entry) : Sequence{};
        entries.emplace_back(sequence, RetryEntry{entry.event, entry.state, entry.not_before, behind, entry.record});
    }
    return entries;
}

Sequence Ledger::first_before(Sequence sequence, const Entry& entry) const {
    Sequence first;
    for (const std::string& key : entry.keys) {
        const auto queue = queues_.find(key);
        if (queue == queues_.end() || !(*queue->second.begin() < sequence)) continue;
        if (first == Sequence{} || *queue->second.begin() < first) first = *queue->second.begin();
    }
    return first;
}

// ── entries and queues ───────────────────────────────────────────────────────────────────────────────────────────────

Ledger::Entry* Ledger::find(Sequence sequence) noexcept {
    if (Entry* const open = open_.find(sequence)) return open;
    if (const auto found = backlog_.find(sequence); found != backlog_.end()) return &found->second;
    return nullptr;
}

const Ledger::Entry* Ledger::find(Sequence sequence) const noexcept {
    if (const Entry* const open = open_.find(sequence)) return open;
    if (const auto found = backlog_.find(sequence); found != backlog_.end()) return &found->second;
    return nullptr;
}

void Ledger::forget(Sequence sequence) {
    Entry* const open = open_.find(sequence);
    const auto kept = open == nullptr ? backlog_.find(sequence) : backlog_.end();
    if (open == nullptr && kept == backlog_.end()) return;
    Entry& entry = open == nullptr ? kept->second : *open;
    if (!entry.in_flight) dequeue(sequence, entry);
    settle_bytes(entry);
    if (!damage_.empty()) damage_.erase(sequence);
    if (open != nullptr) {
        open_.erase(sequence);
    } else {
        changes_.backlog[sequence] = std::nullopt;
        backlog_.erase(kept);
    }
    standing_changed_ = true;
}

// The entry of `sequence`, which exists, in the backlog and its queues, with this state.
Ledger::Entry& Ledger::into_backlog(Sequence sequence, RetryEntry::State state, Timestamp not_before) {
    if (Entry* const open = open_.find(sequence)) {
        if (!open->in_flight) dequeue(sequence, *open);
        backlog_.try_emplace(sequence, std::move(*open));
        open_.erase(sequence);
    } else if (Entry& entry = backlog_.at(sequence); !entry.in_flight) {
        dequeue(sequence, entry);
    }
    Entry& entry = backlog_.at(sequence);
    entry.backlog = true;
    entry.state = state;
    entry.not_before = not_before;
    enqueue(sequence, entry);
    return entry;
}

void Ledger::enqueue(Sequence sequence, Entry& entry) {
    if (entry.keys.empty() && entry.event) entry.keys = ordering_keys(*entry.event);
    entry.in_flight = false;
    entry.behind = 0;
    if (entry.backlog) ++(entry.state == RetryEntry::State::held ? held_ : waiting_);
    for (const std::string& key : entry.keys) {
        std::set<Sequence>& queue = queues_[key];
        const Sequence former = queue.empty() ? Sequence{} : *queue.begin();
        queue.insert(sequence);
        if (former == Sequence{}) continue;
        if (former < sequence) {
            ++entry.behind;
            continue;
        }
        Entry& second = *find(former);
        if (second.behind++ == 0) set_available(former, second, false);
    }
    if (entry.behind == 0) set_available(sequence, entry, true);
}

void Ledger::dequeue(Sequence sequence, Entry& entry) {
    if (entry.backlog) --(entry.state == RetryEntry::State::held ? held_ : waiting_);
    if (entry.behind == 0) set_available(sequence, entry, false);
    for (const std::string& key : entry.keys) {
        const auto queue = queues_.find(key);
        const bool was_first = *queue->second.begin() == sequence;
        queue->second.erase(sequence);
        if (queue->second.empty()) {
            queues_.erase(queue);
            continue;
        }
        if (!was_first) continue;
        const Sequence next = *queue->second.begin();
        Entry& freed = *find(next);
        if (--freed.behind == 0) set_available(next, freed, true);
    }
}

void Ledger::set_available(Sequence sequence, const Entry& entry, bool available) {
    if (!available) {
        ready_.erase(sequence);
        timed_.erase({entry.not_before, sequence});
    } else if (entry.not_before == kAtOnce) {
        ready_.insert(sequence);
    } else {
        timed_.insert({entry.not_before, sequence});
    }
}

}  // namespace foley::core
