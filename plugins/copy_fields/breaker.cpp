#include "copy_fields/breaker.hpp"

namespace copy_fields {
namespace {

constexpr std::size_t kMostFields = 10'000;  // that are remembered

}  // namespace

bool Breaker::allows(const std::string& field, Time now) {
    if (writes_.size() >= kMostFields)
        std::erase_if(writes_, [&](const auto& entry) { return now - entry.second.back() > within_; });
    auto& times = writes_[field];
    while (!times.empty() && now - times.front() > within_)
        times.pop_front();
    if (times.size() >= most_) return false;
    times.push_back(now);
    return true;
}

}  // namespace copy_fields
