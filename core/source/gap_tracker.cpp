#include "core/source/gap_tracker.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace foley::core {

using std::chrono::milliseconds;

namespace {

// Times are stored as ages in milliseconds.
milliseconds age(SteadyTime then, SteadyTime now) {
    return std::max(std::chrono::duration_cast<milliseconds>(now - then), milliseconds(0));
}

std::optional<std::uint64_t> whole(const json::Value& value) {
    return value.IsUint64() ? std::optional(value.GetUint64()) : std::nullopt;
}

// An age longer than this is none that anybody wrote.
constexpr std::uint64_t kLongestAge = std::uint64_t{1000} * 60 * 60 * 24 * 366;

constexpr std::uint64_t kHighestId = std::uint64_t{1} << 62;
constexpr std::int64_t kLatestSecond = 253'402'300'800;  // the year 10000

std::optional<SteadyTime> time_before(const json::Value& value, SteadyTime now) {
    const auto age = whole(value);
    if (!age || *age > kLongestAge) return std::nullopt;
    return now - milliseconds(*age);
}

}  // namespace

std::string to_string(const std::vector<IdRange>& ranges, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (i == most) return text + " and " + std::to_string(ranges.size() - most) + " more";
        if (i > 0) text += ", ";
        text += std::to_string(ranges[i].first);
        if (ranges[i].last != ranges[i].first) text += "-" + std::to_string(ranges[i].last);
    }
    return text;
}

// ── the books ───────────────────────────────────────────────────────────────────────────────────────────────────────

void GapTracker::insert(std::uint64_t first, const Gap& gap) {
    gaps_.emplace(first, gap);
    const auto count = gap.last - first + 1;
    if (gap.closed) {
        closed_ids_ += count;
    } else {
        ++open_ranges_;
        open_ids_ += count;
    }
}

GapTracker::Gaps::iterator GapTracker::erase(Gaps::iterator gap) {
    const auto count = gap->second.last - gap->first + 1;
    if (gap->second.closed) {
        closed_ids_ -= count;
    } else {
        --open_ranges_;
        open_ids_ -= count;
    }
    return gaps_.erase(gap);
}

GapTracker::Gaps::iterator GapTracker::containing(std::uint64_t id) {
    auto gap = gaps_.upper_bound(id);
    if (gap == gaps_.begin()) return gaps_.end();
    --gap;
    return gap->second.last >= id ? gap : gaps_.end();
}

void GapTracker::discover(IdRange missing, std::optional<Timestamp> above, SteadyTime now) {
    const auto next = gaps_.lower_bound(missing.first);
    const bool overlaps =
        (next != gaps_.end() && next->first <= missing.last) || containing(missing.first) != gaps_.end();
    if (missing.first > missing.last || overlaps)
        throw std::logic_error("a gap from " + std::to_string(missing.first) + " to " + std::to_string(missing.last) +
                               " is no gap, or known already");
    insert(missing.first, {missing.last, now, now, above, 0, false});
}

GapTracker::Found GapTracker::fill(std::uint64_t id) {
    const auto found = containing(id);
    if (found == gaps_.end()) return Found::not_missing;
    const auto first = found->first;
    Gap gap = found->second;
    erase(found);
    if (id < gap.last) insert(id + 1, gap);
    const bool closed = gap.closed;
    if (first < id) {
        gap.last = id - 1;
        insert(first, gap);
    }
    return closed ? Found::after_closing : Found::open;
}

bool GapTracker::missing(std::uint64_t id) const {
    const auto next = gaps_.upper_bound(id);
    return next != gaps_.begin() && std::prev(next)->second.last >= id;
}

// ── probes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SteadyTime GapTracker::due(const Gap& gap) const noexcept {
    if (gap.closed) return gap.probed + rules_.closed_probe;
    const auto interval =
        std::clamp<SteadyTime::duration>((gap.probed - gap.since) / 8, rules_.fastest_probe, rules_.slowest_probe);
    const auto end = gap.since + rules_.open_for;
    return gap.probed < end ? std::min(gap.probed + interval, end) : gap.probed + interval;
}

std::optional<SteadyTime> GapTracker::next_probe() const {
    std::optional<SteadyTime> first;
    for (const auto& [id, gap] : gaps_) {
        const auto when = due(gap);
        if (!first || when < *first) first = when;
    }
    return first;
}

std::optional<GapTracker::Probe> GapTracker::probe(SteadyTime now) const {
    auto most_urgent = gaps_.end();
    for (auto gap = gaps_.begin(); gap != gaps_.end(); ++gap) {
        if (due(gap->second) > now) continue;
        if (most_urgent == gaps_.end() || due(gap->second) < due(most_urgent->second)) most_urgent = gap;
    }
    if (most_urgent == gaps_.end()) return std::nullopt;
    if (wide(most_urgent->first, most_urgent->second))
        return Probe{{{most_urgent->first, most_urgent->second.last}}, true};
    // One question for all that are due soon.
    Probe probe;
    std::uint64_t ids = most_urgent->second.last - most_urgent->first + 1;
    probe.ranges.push_back({most_urgent->first, most_urgent->second.last});
    for (auto gap = gaps_.begin(); gap != gaps_.end(); ++gap) {
        const auto count = gap->second.last - gap->first + 1;
        if (gap == most_urgent || wide(gap->first, gap->second) || ids + count > rules_.ids_per_probe) continue;
        if (due(gap->second) > now + rules_.fastest_probe / 2) continue;
        probe.ranges.push_back({gap->first, gap->second.last});
        ids += count;
    }
    std::sort(probe.ranges.begin(), probe.ranges.end(),
              [](const IdRange& a, const IdRange& b) { return a.first < b.first; });
    return probe;
}

bool GapTracker::may_close(const Gap& gap, SteadyTime sent, std::optional<Timestamp> site_now) const noexcept {
    if (sent - gap.since >= rules_.open_for) return true;
    return site_now && gap.above && *site_now - *gap.above > rules_.open_for && gap.empty_probes >= 2;
}

void GapTracker::found_nothing(Gaps::iterator found, SteadyTime sent, std::optional<Timestamp> site_now,
                               std::vector<IdRange>& closed) {
    Gap& gap = found->second;
    gap.probed = sent;
    ++gap.empty_probes;
    if (gap.closed) {
        if (sent - gap.since >= rules_.closed_for) erase(found);
        return;
    }
    if (!may_close(gap, sent, site_now)) return;
    closed.push_back({found->first, gap.last});
    const bool long_ago = site_now && gap.above && *site_now - *gap.above > rules_.closed_for;
    const auto first = found->first;
    Gap rest = gap;
    erase(found);
    if (long_ago) return;
    rest.closed = true;
    rest.since = sent;
    insert(first, rest);
}

std::vector<IdRange> GapTracker::answered(const Probe& probe, SteadyTime sent, std::optional<Timestamp> site_now,
                                          std::uint64_t through) {
    std::vector<IdRange> closed;
    for (const auto& range : probe.ranges) {
        for (auto gap = gaps_.lower_bound(range.first); gap != gaps_.end() && gap->first <= range.last;) {
            if (gap->first > through) break;
            if (gap->second.last > through) {  // the rest is still to be asked for
                Gap rest = gap->second;
                const auto first = gap->first;
                erase(gap);
                insert(through + 1, rest);
                rest.last = through;
                insert(first, rest);
                gap = gaps_.find(first);
            }
            const auto present = gap++;
            found_nothing(present, sent, site_now, closed);
        }
    }
    if (!closed.empty()) forget_lowest_closed();
    return closed;
}

void GapTracker::forget_lowest_closed() {
    for (auto gap = gaps_.begin(); closed_ranges() > rules_.most_closed && gap != gaps_.end();)
        gap = gap->second.closed ? erase(gap) : std::next(gap);
}

std::vector<IdRange> GapTracker::ranges(bool closed) const {
    std::vector<IdRange> out;
    for (const auto& [first, gap] : gaps_)
        if (gap.closed == closed) out.push_back({first, gap.last});
    return out;
}

std::vector<IdRange> GapTracker::open() const {
    return ranges(false);
}
std::vector<IdRange> GapTracker::closed() const {
    return ranges(true);
}

// ── the cursor ──────────────────────────────────────────────────────────────────────────────────────────────────────

// {"gaps":[[closed, age, since probe, empty probes, [first, count, above, first, count, above, …]], …]}: gaps with the
// same history in one group; ages in milliseconds; each `first` counts from the id after the gap before it in the
// group; `above` in seconds since 1970 or null.
std::string GapTracker::text(SteadyTime now) const {
    std::string out = R"({"gaps":[)";
    const Gap* group = nullptr;
    std::uint64_t after = 0;
    for (const auto& [first, gap] : gaps_) {
        if (group == nullptr || !group->same_history(gap)) {
            if (group != nullptr) out += "]],";
            out += (gap.closed ? "[1," : "[0,") + std::to_string(age(gap.since, now).count()) + "," +
                   std::to_string(age(gap.probed, now).count()) + "," + std::to_string(gap.empty_probes) + ",[";
            after = 0;
        } else {
            out += ",";
        }
        out += std::to_string(first - after) + "," + std::to_string(gap.last - first + 1) + ",";
        out += gap.above
                   ? std::to_string(std::chrono::floor<std::chrono::seconds>(*gap.above).time_since_epoch().count())
                   : "null";
        after = gap.last + 1;
        group = &gap;
    }
    return out + (group != nullptr ? "]]]}" : "]}");
}

bool GapTracker::restore(const json::Value& value, SteadyTime now) {
    const auto& groups = json::member(value, "gaps");
    if (!groups.IsArray()) return false;
    GapTracker restored(rules_);
    for (const auto& group : groups.GetArray())
        if (!restored.restore_group(group, now)) return false;
    *this = std::move(restored);
    return true;
}

bool GapTracker::restore_group(const json::Value& group, SteadyTime now) {
    const auto closed = whole(json::element(group, 0));
    const auto since = time_before(json::element(group, 1), now);
    const auto probed = time_before(json::element(group, 2), now);
    const auto empty = whole(json::element(group, 3));
    const auto& list = json::element(group, 4);
    if (!closed || !since || !probed || !empty || !list.IsArray() || list.Size() % 3 != 0) return false;
    std::uint64_t after = 0;
    for (rapidjson::SizeType i = 0; i < list.Size(); i += 3) {
        const auto distance = whole(list[i]);
        const auto count = whole(list[i + 1]);
        if (!distance || !count || *count == 0 || *distance > kHighestId - after) return false;
        const auto first = after + *distance;
        if (*count > kHighestId - first) return false;
        Gap gap{
            first + *count - 1, *since, *probed, {}, static_cast<std::uint32_t>(std::min<std::uint64_t>(*empty, 1000)),
            *closed != 0};
        if (const auto above = json::integer(list[i + 2]); above && *above >= 0 && *above < kLatestSecond)
            gap.above = Timestamp(std::chrono::seconds(*above));
        const auto next = gaps_.lower_bound(first);
        if ((next != gaps_.end() && next->first <= gap.last) || containing(first) != gaps_.end()) return false;
        insert(first, gap);
        after = gap.last + 1;
    }
    return true;
}

}  // namespace foley::core
