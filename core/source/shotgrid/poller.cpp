#include "core/source/shotgrid/poller.hpp"

#include "core/source/make_event.hpp"

#include <foley/abi.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace foley::core::shotgrid {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kFirstJournalDelay{100};
constexpr milliseconds kLongestJournalDelay{2000};
constexpr std::chrono::seconds kAheadIsGood{5};
constexpr std::uint64_t kMostUnderWay = 500;  // ids that may be given out and not be seen yet
constexpr std::size_t kMostBytesAhead = std::size_t{4} << 20;
constexpr std::size_t kMostHinted = 500;  // in one question; what is left out is found by asking as usual

std::vector<IdRange> ids_of(const std::vector<std::uint64_t>& ids) {
    std::vector<IdRange> ranges;
    for (const auto id : ids) {
        if (!ranges.empty() && ranges.back().last + 1 == id) {
            ranges.back().last = id;
        } else {
            ranges.push_back({id, id});
        }
    }
    return ranges;
}

}  // namespace

Poller::Poller(const ShotgridSourceOptions& options, site::Shotgrid site, const SourceContext& context,
               StatusBoard& board, std::function<bool()> stopping)
    : options_(options),
      context_(context),
      board_(board),
      stopping_(std::move(stopping)),
      log_(options.name, std::move(site), context.clock),
      selection_(options),
      cursor_{0, GapTracker(options.gaps), log_.url()},
      page_(options.page),
      idle_(options.poll),
      site_backoff_(options.first_delay, options.longest_delay),
      question_backoff_(options.first_delay, options.longest_delay),
      journal_backoff_(kFirstJournalDelay, kLongestJournalDelay) {}

// ── the step ────────────────────────────────────────────────────────────────────────────────────────────────────────

SteadyTime Poller::step() {
    last_step_ = context_.clock.steady();
    const auto again = attempt();
    not_before_ = again.value_or(SteadyTime::min());
    return again ? *again : next_step();
}

// Nothing: all went well. Otherwise when to try again.
std::optional<SteadyTime> Poller::attempt() {
    if (!store()) return context_.clock.steady() + journal_backoff_.next();
    if (const auto again = load_cursor()) return again;
    try {
        if (!begun_) begin();
        if (!checked_ && site_is_behind())
            return refuse(
                "the site's newest event is older than the one to which this source has come, " +
                std::to_string(cursor_.last) + ": another site, or one that was set back to a backup. The " +
                "source goes on when the site has passed that event; to begin anew, give the source another " +
                "name in the configuration");
        checked_ = true;
        if (options_.skip_own_events && !script_known_) find_own_script();
        if (context_.clock.steady() >= next_read_ && cursor_.gaps.open_ranges() < options_.most_gaps) read_on();
        succeeded();
    } catch (const SiteError& error) {
        return failed(error);
    }
    if (!store_and_ask_ahead()) return context_.clock.steady() + journal_backoff_.next();
    look_for_missing(context_.clock.steady());
    if (!store()) return context_.clock.steady() + journal_backoff_.next();
    publish();
    return std::nullopt;
}

SteadyTime Poller::next_step() const {
    SteadyTime next = next_read_;
    const auto question = cursor_.gaps.next_probe();
    if (cursor_.gaps.open_ranges() >= options_.most_gaps) next = SteadyTime::max();
    if (question) next = std::min(next, std::max(*question, next_question_));
    if (!hinted_.empty()) next = std::min(next, next_question_);
    return next;
}

SteadyTime Poller::hint(const std::vector<std::uint64_t>& ids) {
    for (const auto id : ids)
        if (hinted_.size() < kMostHinted) hinted_.insert(id);
    // What is new may not be seen at once; then it is not looked for as rarely as when nothing is.
    idle_ = options_.poll;
    const auto rested = last_step_ == SteadyTime::min() ? last_step_ : last_step_ + options_.webhook_rest;
    next_read_ = std::min(next_read_, rested);
    return std::max(rested, not_before_);
}

void Poller::keep_place() {
    if (begun_ && cursor_.gaps.open_ranges() > 0) batch_.cursor = true;
    store();
}

// ── the journal ─────────────────────────────────────────────────────────────────────────────────────────────────────

// What has been read, with the cursor. False: the journal takes nothing now.
bool Poller::store() {
    if (batch_.empty()) return true;
    try {
        while (!batch_.aside.empty()) {
            context_.journal.put_aside(batch_.aside.back());
            batch_.aside.pop_back();
            board_.change([](SourceStatus& status) { ++status.set_aside; });
        }
        const auto result =
            context_.journal.append(options_.name, batch_.events, cursor_.text(context_.clock.steady()));
        const auto taken = std::exchange(batch_, {});  // what is appended is not appended again, whatever comes now
        board_.change([&](SourceStatus& status) {
            status.events += result.appended;
            status.duplicates += result.duplicates;
            for (const auto& event : taken.events)
                status.last_event_at = event.received_at;
        });
    } catch (const std::exception& error) {
        // Whatever it is: what was read is not in the journal, so nothing more is read.
        if (last_failure_ != error.what())
            log(FOLEY_LOG_ERROR, std::string("the journal takes no events: ") + error.what());
        last_failure_ = error.what();
        board_.set_state(SourceState::stopped_by_journal, error.what());
        return false;
    }
    if (board_.get().state == SourceState::stopped_by_journal) {
        log(FOLEY_LOG_INFO, "the journal takes events again");
        last_failure_.clear();
        journal_backoff_.reset();
        board_.set_state(SourceState::connecting, "");
    }
    return true;
}

// As store(). What it asks for meanwhile is lost when the site fails: the next step asks again, and says so then.
bool Poller::store_and_ask_ahead() {
    if (!std::exchange(more_, false) || cursor_.gaps.open_ranges() >= options_.most_gaps) return store();
    std::future<bool> stored;
    try {
        stored = std::async(std::launch::async, [this] { return store(); });
    } catch (const std::system_error&) {  // no thread to be had
        return store();
    }
    ask_ahead(stored);
    return stored.get();
}

// The longer the journal takes, the more it gets in its next transaction.
void Poller::ask_ahead(const std::future<bool>& stored) {
    auto last = cursor_.last;
    std::size_t bytes = 0;
    try {
        do {
            const auto asked_at = context_.clock.steady();
            ahead_.push_back({last, asked_at, log_.after(last, page_)});
            const LogPage& page = ahead_.back().page;
            if (!page.full || page.entries.empty()) return;
            last = page.entries.back().id;
            bytes += page.bytes;
        } while (ahead_.size() < options_.pages_ahead && bytes < kMostBytesAhead && !stopping_() &&
                 context_.clock.steady() - ahead_.front().asked_at < kAheadIsGood / 2 &&
                 stored.wait_for(std::chrono::seconds(0)) != std::future_status::ready);
    } catch (const SiteError&) {  // what came before it is good
    }
}

// ── reading on ──────────────────────────────────────────────────────────────────────────────────────────────────────

// Asked for ahead, unless that was too long ago: ids that were missing then may be there now.
LogPage Poller::next_page() {
    if (!ahead_.empty()) {
        Ahead next = std::move(ahead_.front());
        ahead_.pop_front();
        if (next.after == cursor_.last && context_.clock.steady() - next.asked_at < kAheadIsGood)
            return std::move(next.page);
        ahead_.clear();
    }
    return log_.after(cursor_.last, page_);
}

void Poller::read_on() {
    do {
        auto page = next_page();
        heard(page.site_now);
        const auto now = context_.clock.steady();
        more_ = page.full;
        if (page.entries.empty()) {
            next_read_ = now + idle_interval();
        } else {
            idle_ = options_.poll;
            take_new(page, now);
            next_read_ = page.full ? now : now + idle_;
        }
    } while (!ahead_.empty());
    page_ = std::min(page_ * 2, options_.page);
}

// Half as long again each time that nothing came.
milliseconds Poller::idle_interval() {
    const auto interval = idle_;
    idle_ = std::min(idle_ + idle_ / 2, std::max(options_.poll_idle, options_.poll));
    return interval;
}

// Between the last event and this one. Below the first of all it is only what may be under way still: an old log begins
// anywhere, a new site's first events come late like any others.
std::optional<IdRange> Poller::missing_below(const LogEntry& entry, const std::optional<Timestamp>& site_now) const {
    auto first = cursor_.last + 1;
    if (cursor_.last == 0) {
        const auto age = site_now.value_or(context_.clock.now()) - entry.created_at.value_or(Timestamp::max());
        if (age > options_.gaps.open_for) return std::nullopt;
        if (entry.id > kMostUnderWay) first = entry.id - kMostUnderWay;
    }
    if (entry.id <= first) return std::nullopt;
    return IdRange{first, entry.id - 1};
}

void Poller::take_new(LogPage& page, SteadyTime now) {
    for (auto& entry : page.entries) {
        if (const auto missing = missing_below(entry, page.site_now)) {
            cursor_.gaps.discover(*missing, entry.created_at, now);
            log(FOLEY_LOG_DEBUG, "waits for " + to_string({*missing}) + ", below " + std::to_string(entry.id));
        }
        cursor_.last = entry.id;
        take(entry);
    }
    batch_.cursor = true;
}

void Poller::take(LogEntry& entry) {
    if (!selection_.takes(entry)) {
        ++excluded_;
    } else if (entry.event) {
        batch_.events.push_back(std::move(*entry.event));
    } else {
        Journal::Aside aside;
        aside.source = options_.name;
        aside.reason = "event " + std::to_string(entry.id) + ": " + entry.refusal;
        aside.text = std::move(entry.text);
        aside.at = context_.clock.now();
        log(FOLEY_LOG_WARNING, "an entry of the log is put aside, " + aside.reason);
        batch_.aside.push_back(std::move(aside));
    }
}

// ── missing ids ─────────────────────────────────────────────────────────────────────────────────────────────────────

// One question. Its failure is not the site's: reading on tells how that is.
void Poller::look_for_missing(SteadyTime now) {
    if (now < next_question_) return;
    const auto hinted = hinted_and_missing();
    const auto probe = cursor_.gaps.probe(now);
    if (!probe && hinted.empty()) return;
    try {
        if (!hinted.empty()) ask_for_hinted(hinted);
        if (probe) ask_for(*probe);
        question_backoff_.reset();
        question_trouble_.clear();
    } catch (const SiteError& error) {
        if (stopping_()) return;
        next_question_ = context_.clock.steady() + question_backoff_.next();
        if (question_trouble_.empty())
            log(FOLEY_LOG_WARNING, std::string("cannot ask for missing events now: ") + error.what());
        question_trouble_ = error.what();
    }
}

// An id above all that was read, or that was read before, needs no question.
std::vector<IdRange> Poller::hinted_and_missing() {
    std::erase_if(hinted_, [this](std::uint64_t id) { return !cursor_.gaps.missing(id); });
    std::vector<IdRange> ids;
    ids.reserve(hinted_.size());
    for (const auto id : hinted_)
        ids.push_back({id, id});
    return ids;
}

void Poller::ask_for_hinted(const std::vector<IdRange>& ids) {
    auto page = log_.among(ids);
    hinted_.clear();
    heard(page.site_now);
    take_late(page);
}

void Poller::ask_for(const GapTracker::Probe& probe) {
    const auto sent = context_.clock.steady();
    auto page = probe.wide ? log_.within(probe.ranges.front(), options_.page) : log_.among(probe.ranges);
    heard(page.site_now);
    take_late(page);
    const auto through =
        page.full && !page.entries.empty() ? page.entries.back().id : std::numeric_limits<std::uint64_t>::max();
    tell_closed(cursor_.gaps.answered(probe, sent, page.site_now, through));
}

void Poller::take_late(LogPage& page) {
    std::vector<std::uint64_t> late;
    for (auto& entry : page.entries) {
        const auto found = cursor_.gaps.fill(entry.id);
        if (found == GapTracker::Found::not_missing) continue;
        batch_.cursor = true;
        late.push_back(entry.id);
        if (found == GapTracker::Found::after_closing)
            log(FOLEY_LOG_WARNING,
                "event " + std::to_string(entry.id) + " appeared after it was given up; it is taken");
        take(entry);
    }
    late_ += late.size();
    if (!late.empty()) log(FOLEY_LOG_DEBUG, "came late: " + to_string(ids_of(late)));
}

void Poller::tell_closed(const std::vector<IdRange>& closed) {
    if (closed.empty()) return;
    batch_.cursor = true;
    for (const auto& range : closed)
        unfilled_ += range.count();
    log(FOLEY_LOG_INFO, "never appeared and are not waited for any more: events " + to_string(closed));
}

}  // namespace foley::core::shotgrid
