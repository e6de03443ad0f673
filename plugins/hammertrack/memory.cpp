#include "hammertrack/memory.hpp"

namespace hammertrack {

std::optional<std::string> VolatileMemory::get(const std::string& key) {
    const auto found = changes_.find(key);
    if (found != changes_.end()) return found->second;
    return below_ != nullptr ? below_->get(key) : std::nullopt;
}

Memory::Pairs VolatileMemory::list(const std::string& prefix, const std::string& after, std::size_t limit) {
    std::map<std::string, std::string> merged;
    std::string cursor = after;
    // Pairs of the one below may be erased here, so it is read until enough are left.
    for (bool more = below_ != nullptr; more && merged.size() < limit;) {
        const Pairs page = below_->list(prefix, cursor, limit);
        for (const auto& [key, value] : page) {
            if (changes_.count(key) == 0) merged.emplace(key, value);
        }
        more = page.size() == limit;
        if (more) cursor = page.back().first;
    }
    auto each = after < prefix ? changes_.lower_bound(prefix) : changes_.upper_bound(after);
    for (; each != changes_.end(); ++each) {
        if (each->first.compare(0, prefix.size(), prefix) != 0) break;
        if (each->second) merged.emplace(each->first, *each->second);
    }
    Pairs pairs;
    for (const auto& pair : merged) {
        if (pairs.size() == limit) break;
        pairs.push_back(pair);
    }
    return pairs;
}

}  // namespace hammertrack
