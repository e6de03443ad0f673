#include "tests/sites/shotgrid/event_log.hpp"

#include <utility>

namespace foley::sim::shotgrid {

namespace {

// The same on every machine, which std::uniform_real_distribution does not promise.
double share(std::mt19937_64& random) {
    return static_cast<double>(random() >> 11U) / static_cast<double>(std::uint64_t{1} << 53U);
}

}  // namespace

void EventLog::store(std::int64_t id, Row entry) {
    entry.slot(0) = id;
    store_.rows("EventLogEntry")[id] = std::move(entry);
}

std::int64_t EventLog::append(Row entry, Time now) {
    const auto id = ++last_id_;
    if (holding_) {
        held_[id] = std::move(entry);
        return id;
    }
    if (lateness_.late > 0 || lateness_.never > 0) {
        const double drawn = share(random_);
        if (drawn < lateness_.never) {
            ++lost_;
            return id;
        }
        if (drawn < lateness_.never + lateness_.late) {
            const auto longest = static_cast<double>(lateness_.longest.count());
            const auto delay = std::chrono::milliseconds(static_cast<std::int64_t>(share(random_) * longest) + 1);
            due_.emplace(now + delay, std::pair(id, std::move(entry)));
            return id;
        }
    }
    store(id, std::move(entry));
    return id;
}

std::int64_t EventLog::reserve(std::int64_t count) {
    const auto first = last_id_ + 1;
    last_id_ += count;
    return first;
}

bool EventLog::commit(std::int64_t id, Row entry) {
    if (id < 1 || id > last_id_ || held_.contains(id) || store_.find({"EventLogEntry", id}) != nullptr) return false;
    store(id, std::move(entry));
    return true;
}

void EventLog::settle(Time now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        auto [id, entry] = std::move(due_.begin()->second);
        due_.erase(due_.begin());
        store(id, std::move(entry));
    }
}

void EventLog::set_lateness(const Lateness& lateness) {
    lateness_ = lateness;
    random_.seed(lateness.seed);
}

std::vector<std::int64_t> EventLog::held() const {
    std::vector<std::int64_t> out;
    out.reserve(held_.size());
    for (const auto& [id, entry] : held_)
        out.push_back(id);
    return out;
}

void EventLog::release(std::int64_t id) {
    auto found = held_.extract(id);
    if (found) store(id, std::move(found.mapped()));
}

void EventLog::release_all() {
    while (!held_.empty())
        release(held_.begin()->first);
}

void EventLog::discard_all() {
    lost_ += held_.size();
    held_.clear();
}

}  // namespace foley::sim::shotgrid
