// GapTracker: which ids of a site's event log are missing below the newest one that was seen, and what is done about
// them. Ids are given out before their transactions commit, so a missing id is mostly one that comes late; some never
// come.
//
// A missing id is *open* until it appears or its gap closes: when a probe found nothing after `open_for` of monotonic
// time since its discovery, or when the event above it is older than that by the site's own clock and two probes found
// nothing. What closed is still asked for now and then, for a day. Ids are kept as ranges, so a jump of ten million
// costs as much as one.
//
// A value; not thread-safe; does no input or output, and time is a parameter.
#pragma once

#include "core/event/types.hpp"

#include <foley/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace foley::core {

// Both included.
struct IdRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    std::uint64_t count() const noexcept { return last - first + 1; }
    friend bool operator==(const IdRange&, const IdRange&) = default;
};

// "103, 210-215", at most so many ranges, then "and 7 more".
std::string to_string(const std::vector<IdRange>& ranges, std::size_t most = 10);

class GapTracker {
public:
    struct Rules {
        std::chrono::milliseconds open_for{std::chrono::minutes(5)};
        // Between two probes of an open gap: an eighth of its age, but not below and not above these.
        std::chrono::milliseconds fastest_probe{std::chrono::seconds(1)};
        std::chrono::milliseconds slowest_probe{std::chrono::seconds(30)};
        std::chrono::milliseconds closed_probe{std::chrono::hours(1)};
        std::chrono::milliseconds closed_for{std::chrono::hours(24)};
        std::uint64_t narrow = 50;  // a range of more ids is asked for as a range, alone
        std::uint64_t ids_per_probe = 500;
        std::size_t most_closed = 5000;  // ranges that are remembered; the lowest are forgotten first
    };

    // What to ask the site for: ids one by one (of one or several narrow ranges), or one wide range, in pages.
    struct Probe {
        std::vector<IdRange> ranges;  // ascending
        bool wide = false;
    };

    enum class Found : std::uint8_t {
        not_missing,   // below everything, filled before, or never a gap
        open,          // late
        after_closing  // later than anyone waited for
    };

    explicit GapTracker(Rules rules) : rules_(rules) {}

    // These ids were skipped: the one above is there. `above`: when that event happened, by the site's clock. Throws
    // std::logic_error when one of them is missing already.
    void discover(IdRange missing, std::optional<Timestamp> above, SteadyTime now);
    // An event with this id is there.
    Found fill(std::uint64_t id);

    // Open, or closed and not forgotten yet.
    bool missing(std::uint64_t id) const;

    // What is to be asked for now; nothing: nothing is due.
    std::optional<Probe> probe(SteadyTime now) const;
    // When `probe` has something to ask for; nothing: never, as it stands.
    std::optional<SteadyTime> next_probe() const;
    // The site has answered a probe that was sent at `sent`, and all that it returned has been filled. `through`: ids
    // up to this one have been looked at (a page of a wide range can end early). `site_now`: the site's clock. Returns
    // what is closed by it.
    std::vector<IdRange> answered(const Probe& probe, SteadyTime sent, std::optional<Timestamp> site_now,
                                  std::uint64_t through = std::numeric_limits<std::uint64_t>::max());

    std::size_t open_ranges() const noexcept { return open_ranges_; }
    std::uint64_t open_ids() const noexcept { return open_ids_; }
    std::size_t closed_ranges() const noexcept { return gaps_.size() - open_ranges_; }
    std::uint64_t closed_ids() const noexcept { return closed_ids_; }
    std::vector<IdRange> open() const;
    std::vector<IdRange> closed() const;

    // For the source's cursor: a JSON object. Ages are kept, not times, so they count on from where they were.
    std::string text(SteadyTime now) const;
    // Takes over what text() gave. False, and nothing is changed: it is not that.
    bool restore(const json::Value& value, SteadyTime now);

private:
    struct Gap {
        std::uint64_t last = 0;
        SteadyTime since{};  // discovered, or closed
        SteadyTime probed{};
        std::optional<Timestamp> above;
        std::uint32_t empty_probes = 0;
        bool closed = false;

        // Written as one group in text().
        bool same_history(const Gap& other) const noexcept {
            return since == other.since && probed == other.probed && empty_probes == other.empty_probes &&
                   closed == other.closed;
        }
    };
    using Gaps = std::map<std::uint64_t, Gap>;  // by their first id; disjoint

    bool wide(std::uint64_t first, const Gap& gap) const noexcept { return gap.last - first >= rules_.narrow; }
    SteadyTime due(const Gap& gap) const noexcept;
    bool may_close(const Gap& gap, SteadyTime sent, std::optional<Timestamp> site_now) const noexcept;
    void insert(std::uint64_t first, const Gap& gap);
    Gaps::iterator erase(Gaps::iterator gap);
    Gaps::iterator containing(std::uint64_t id);
    void found_nothing(Gaps::iterator gap, SteadyTime sent, std::optional<Timestamp> site_now,
                       std::vector<IdRange>& closed);
    void forget_lowest_closed();
    std::vector<IdRange> ranges(bool closed) const;
    bool restore_group(const json::Value& group, SteadyTime now);

    Rules rules_;
    Gaps gaps_;
    std::size_t open_ranges_ = 0;
    std::uint64_t open_ids_ = 0;
    std::uint64_t closed_ids_ = 0;
};

}  // namespace foley::core
