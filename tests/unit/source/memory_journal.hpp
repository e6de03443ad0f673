// MemoryJournal: as much of a journal as a source needs, in memory, with faults on demand.
//
// Thread-safe.
#pragma once

#include "core/journal/journal.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace foley::core {

class MemoryJournal final : public Journal {
public:
    JournalInfo info() const override { return {}; }

    AppendResult append(std::string_view source, std::span<Event> events,
                        std::optional<std::string_view> cursor) override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !held_; });
        if (!failure_.empty()) throw JournalError(JournalError::Kind::full, failure_);
        ++appends_;
        AppendResult result;
        for (auto& event : events) {
            Event taken = std::move(event);
            if (!ids_.emplace(taken.source, taken.id).second) {
                ++result.duplicates;
                continue;
            }
            event.sequence = taken.sequence = Sequence{events_.size() + 1};
            events_.push_back(std::move(taken));
            ++result.appended;
        }
        if (cursor) cursors_[std::string(source)] = *cursor;
        result.head = Sequence{events_.size()};
        changed_.notify_all();
        return result;
    }
    std::optional<std::string> cursor(std::string_view source) const override {
        const std::lock_guard lock(mutex_);
        const auto found = cursors_.find(std::string(source));
        return found == cursors_.end() ? std::nullopt : std::optional(found->second);
    }
    void put_aside(const Aside& aside) override {
        const std::lock_guard lock(mutex_);
        aside_.push_back(aside);
        changed_.notify_all();
    }
    std::vector<Aside> aside(std::size_t) const override {
        const std::lock_guard lock(mutex_);
        return aside_;
    }

    // ── for tests ────────────────────────────────────────────────────────────────────────────────────────────────
    std::vector<Event> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    std::vector<Event> of_kind(EventKind kind) const {
        auto all = events();
        std::erase_if(all, [kind](const Event& event) { return event.kind != kind; });
        return all;
    }
    std::size_t appends() const {
        const std::lock_guard lock(mutex_);
        return appends_;
    }
    void set_cursor(const std::string& source, const std::string& text) {
        const std::lock_guard lock(mutex_);
        cursors_[source] = text;
    }
    // Appends wait until released.
    void hold(bool held) {
        const std::lock_guard lock(mutex_);
        held_ = held;
        changed_.notify_all();
    }
    // Appends fail with this sentence; empty: they work again.
    void fail(const std::string& sentence) {
        const std::lock_guard lock(mutex_);
        failure_ = sentence;
    }

    // ── not needed ───────────────────────────────────────────────────────────────────────────────────────────────
    std::vector<std::shared_ptr<const Event>> read(Sequence, std::size_t, std::size_t) const override { return {}; }
    std::shared_ptr<const Event> find(Sequence) const override { return nullptr; }
    std::optional<Sequence> find(std::string_view, std::string_view) const override { return std::nullopt; }
    Subscription on_append(std::function<void(Sequence)>) override { return nullptr; }
    std::unique_ptr<Consumer> consumer(const std::string&, const StartRule&) override { return nullptr; }
    std::vector<ConsumerInfo> consumers() const override { return {}; }
    std::vector<std::string> consumer_names() const override { return {}; }
    std::unique_ptr<JournalCheck> begin_check() const override { return nullptr; }
    bool rename_consumer(const std::string&, const std::string&) override { return false; }
    bool remove_consumer(const std::string&) override { return false; }
    PruneResult prune(const RetentionPolicy&, std::span<const std::string>, Timestamp) override { return {}; }
    std::vector<std::string> check() const override { return {}; }
    void rest() override {}
    void close() override {}

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Event> events_;
    std::set<std::pair<std::string, std::string>> ids_;
    std::map<std::string, std::string> cursors_;
    std::vector<Aside> aside_;
    std::size_t appends_ = 0;
    bool held_ = false;
    std::string failure_;
};

}  // namespace foley::core
