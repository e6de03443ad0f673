#include "status_flow/write_limit.hpp"

namespace status_flow {
namespace {

constexpr std::chrono::minutes kWindow{1};
constexpr std::size_t kRemembered = 10'000;  // entities, before old ones are looked for

}  // namespace

bool WriteLimit::allows(const std::string& type, std::int64_t id, Clock::time_point now) {
    const auto found = writes_.find({type, id});
    if (found == writes_.end()) return true;
    auto& times = found->second;
    while (!times.empty() && times.front() <= now - kWindow)
        times.pop_front();
    return times.size() < per_minute_;
}

void WriteLimit::count(const std::string& type, std::int64_t id, Clock::time_point now) {
    if (writes_.size() >= kRemembered) forget(now - kWindow);
    writes_[{type, id}].push_back(now);
}

void WriteLimit::forget(Clock::time_point before) {
    std::erase_if(writes_, [&](const auto& entry) { return entry.second.empty() || entry.second.back() <= before; });
}

}  // namespace status_flow
