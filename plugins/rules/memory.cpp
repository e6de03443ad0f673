#include "rules/memory.hpp"

#include <charconv>

namespace rules {
namespace {

constexpr std::size_t kSlice = 500;
constexpr std::size_t kMost = 10'000;  // kept in memory

}  // namespace

bool Memory::has(foley::Context& context, const std::string& deed) {
    return here_.contains(deed) || context.state().get(prefix_ + deed).has_value();
}

void Memory::add(foley::Context& context, const std::string& deed, foley::Timestamp at) {
    if (here_.size() >= kMost) here_.clear();
    here_.insert(deed);
    context.state().put(prefix_ + deed, std::to_string(at.time_since_epoch().count()));
}

bool Memory::forget(foley::Context& context, foley::Timestamp before) {
    const auto slice = context.state().list(prefix_, forgotten_up_to_, kSlice);
    for (const auto& [key, value] : slice) {
        std::int64_t at = 0;
        std::from_chars(value.data(), value.data() + value.size(), at);
        if (at < before.time_since_epoch().count()) context.state().erase(key);
    }
    const bool all = slice.size() < kSlice;
    forgotten_up_to_ = all ? std::string() : slice.back().first;
    return all;
}

}  // namespace rules
