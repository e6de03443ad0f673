// Poller: follows the event log of a ShotGrid site, step by step. It has no thread and waits for nothing but the site
// and the journal: whoever calls step() says when.
//
// The log is read on by id, and missing ids are asked for on their own, so what is newer never waits for what is late.
// A step appends what it read together with the cursor, in one transaction, before it takes anything else: so what is
// in the journal and what the cursor says cannot disagree, and no event is appended twice, however late it comes.
//
// Behind a full page there is more, so while a step waits for the journal it asks for the next pages: one at least, and
// more for as long as the journal takes. The next step takes them together; none of it counts as read before that.
//
// Owner: the source's follower. Thread: the source's, but for the status, which anybody reads from the board, and for
// the append of a full page, which has one for itself until it is over. Throws nothing but std::bad_alloc: what goes
// wrong becomes a state and a later step.
#pragma once

#include "core/source/backoff.hpp"
#include "core/source/shotgrid/event_log.hpp"
#include "core/source/shotgrid/event_selection.hpp"
#include "core/source/shotgrid/log_cursor.hpp"
#include "core/source/shotgrid/shotgrid_options.hpp"
#include "core/source/status_board.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace foley::core::shotgrid {

class Poller {
public:
    // All that is borrowed outlives the poller. `stopping` says that errors are of no interest any more: the transport
    // was interrupted.
    Poller(const ShotgridSourceOptions& options, site::Shotgrid site, const SourceContext& context, StatusBoard& board,
           std::function<bool()> stopping);

    // Does what is due. Returns when it wants to be called next; earlier does no harm.
    SteadyTime step();
    // Look at the site at the next step, however long it was idle.
    void wake() noexcept { next_read_ = SteadyTime::min(); }
    // Somebody says that there is something new, among it these events. Returns when step() is to be called for that:
    // at once, but for a rest since the last step, and not before the wait after a failure is over.
    SteadyTime hint(const std::vector<std::uint64_t>& ids);
    // Keeps the age of the gaps for the next start. At the end, or before a pause.
    void keep_place();

    std::uint64_t position() const noexcept { return cursor_.last; }
    const GapTracker& gaps() const noexcept { return cursor_.gaps; }

private:
    // What has been read and is not in the journal yet.
    struct Batch {
        std::vector<Event> events;
        std::vector<Journal::Aside> aside;
        bool cursor = false;  // the cursor has moved
        bool empty() const noexcept { return events.empty() && aside.empty() && !cursor; }
    };

    // The answer to a question asked ahead.
    struct Ahead {
        std::uint64_t after = 0;
        SteadyTime asked_at{};
        LogPage page;
    };

    std::optional<SteadyTime> attempt();
    bool store();
    bool store_and_ask_ahead();
    void ask_ahead(const std::future<bool>& stored);
    LogPage next_page();
    std::optional<SteadyTime> load_cursor();
    void begin();
    void begin_at_newest();
    void begin_before(std::uint64_t first);
    bool site_is_behind();
    void find_own_script();
    void read_on();
    std::optional<IdRange> missing_below(const LogEntry& entry, const std::optional<Timestamp>& site_now) const;
    void take_new(LogPage& page, SteadyTime now);
    void look_for_missing(SteadyTime now);
    std::vector<IdRange> hinted_and_missing();
    void ask_for_hinted(const std::vector<IdRange>& ids);
    void ask_for(const GapTracker::Probe& probe);
    void take_late(LogPage& page);
    void take(LogEntry& entry);
    void tell_closed(const std::vector<IdRange>& closed);

    void heard(const std::optional<Timestamp>& site_now);
    void succeeded();
    SteadyTime failed(const SiteError& error);
    SteadyTime refuse(const std::string& sentence);
    std::chrono::milliseconds idle_interval();
    SteadyTime next_step() const;
    void publish();
    void log(int level, const std::string& text) const;

    const ShotgridSourceOptions& options_;
    const SourceContext& context_;
    StatusBoard& board_;
    const std::function<bool()> stopping_;
    EventLog log_;
    EventSelection selection_;
    LogCursor cursor_;
    Batch batch_;
    std::deque<Ahead> ahead_;  // each follows on the one before

    bool loaded_ = false;   // the journal has been asked for the cursor
    bool begun_ = false;    // there is a place to go on from
    bool checked_ = false;  // that the site is not behind it; again after each failure
    bool script_known_ = false;
    bool was_live_ = false;
    bool more_ = false;  // the last page was full
    std::size_t page_;   // halved when answers are too much for the connection
    SteadyTime next_read_ = SteadyTime::min();
    SteadyTime next_question_ = SteadyTime::min();  // for missing ids, after one that failed
    SteadyTime last_step_ = SteadyTime::min();
    SteadyTime not_before_ = SteadyTime::min();  // the wait after a failure
    std::set<std::uint64_t> hinted_;             // not looked for yet
    std::chrono::milliseconds idle_;
    std::optional<Timestamp> behind_since_;
    Backoff site_backoff_;
    Backoff question_backoff_;
    Backoff journal_backoff_;
    std::string last_failure_;
    SteadyTime failure_told_{};
    std::string question_trouble_;
    bool clock_told_ = false;
    std::uint64_t excluded_ = 0;
    std::uint64_t late_ = 0;
    std::uint64_t unfilled_ = 0;
    std::optional<std::chrono::seconds> site_ahead_;  // of this machine's clock
};

}  // namespace foley::core::shotgrid
