#include "status_flow/write_limit.hpp"

namespace status_flow {
namespace {

constexpr std::chrono::minutes kWindow{1};
constexpr std::size_t kRemembered = 10'000;  // entities, before old ones are looked for

}  // namespace

bool WriteLimit::take(const std::string& type, std::int64_t id, Clock::time_point now) {
    if (writes_.size() >= kRemembered) forget(now - kWindow);
    auto& times = writes_[{type, id}];
    while (!times.empty() && times.front() <= now - kWindow)
        times.pop_front();
    if (times.size() >= per_minute_) return false;
    times.push_back(now);
    return true;
}

void WriteLimit::forget(Clock::time_point before) {
    std::erase_if(writes_, [&](const auto& entry) { return entry.second.empty() || entry.second.back() <= before; });
}

}  // namespace status_flow
