// WriteLimit: how often one entity may be set within a minute. Rules that undo each other, or another program's, would
// otherwise go on for ever.
//
// Thread: one at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace status_flow {

class WriteLimit {
public:
    using Clock = std::chrono::steady_clock;

    explicit WriteLimit(std::size_t per_minute) : per_minute_(per_minute) {}

    // Whether it may be set once more.
    bool allows(const std::string& type, std::int64_t id, Clock::time_point now);
    // It was set. What the site did not take is not to be counted: it is tried again for as long as that lasts.
    void count(const std::string& type, std::int64_t id, Clock::time_point now);

private:
    void forget(Clock::time_point before);

    std::size_t per_minute_;
    std::map<std::pair<std::string, std::int64_t>, std::deque<Clock::time_point>> writes_;
};

}  // namespace status_flow
