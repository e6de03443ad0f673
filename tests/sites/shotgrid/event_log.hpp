// EventLog: who gets which id of an event log entry, and when an entry can be seen.
//
// Ids are reserved when a change is made and entries are seen when it commits, as with the real site: some come later
// than entries with higher ids, some never. What is late is decided by hold() and by a Lateness.
#pragma once

#include "tests/sites/shotgrid/store.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace foley::sim::shotgrid {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// Shares of new entries that commit late, or never; drawn from a generator with this seed.
struct Lateness {
    double late = 0;
    double never = 0;
    std::chrono::milliseconds longest{60'000};  // how late
    std::uint64_t seed = 1;
};

class EventLog {
public:
    explicit EventLog(Store& store) : store_(store) {}

    // Gives the entry an id and stores it, now or when it is due. Returns the id.
    std::int64_t append(Row entry, Time now);
    // So many ids that belong to nobody yet. Returns the first. commit() can fill them.
    std::int64_t reserve(std::int64_t count);
    // An entry under an id that was reserved. False when there is one already, or the id was never given.
    bool commit(std::int64_t id, Row entry);
    // Entries that are due by now appear.
    void settle(Time now);

    void set_lateness(const Lateness& lateness);
    // Entries get ids and stay unseen until release() or discard().
    void hold(bool on) { holding_ = on; }
    std::vector<std::int64_t> held() const;
    void release(std::int64_t id);
    void release_all();
    void discard_all();

    std::int64_t last_id() const noexcept { return last_id_; }
    void set_last_id(std::int64_t id) { last_id_ = id; }
    std::size_t waiting() const noexcept { return due_.size(); }  // late ones, not seen yet
    std::uint64_t lost() const noexcept { return lost_; }         // never to be seen

private:
    void store(std::int64_t id, Row entry);

    Store& store_;
    std::int64_t last_id_ = 0;
    Lateness lateness_;
    std::mt19937_64 random_{1};
    bool holding_ = false;
    std::map<std::int64_t, Row> held_;
    std::multimap<Time, std::pair<std::int64_t, Row>> due_;
    std::uint64_t lost_ = 0;
};

}  // namespace foley::sim::shotgrid
