#include "notify/sent.hpp"

#include <charconv>

namespace notify {
namespace {

constexpr std::size_t kSlice = 500;
constexpr std::size_t kMost = 10'000;  // kept in memory
const std::string kPrefix = "sent/";

}  // namespace

bool Sent::has(foley::Context& context, const std::string& delivery) {
    return here_.contains(delivery) || context.state().get(kPrefix + delivery).has_value();
}

void Sent::add(foley::Context& context, const std::string& delivery, foley::Timestamp at) {
    if (here_.size() >= kMost) here_.clear();
    here_.insert(delivery);
    context.state().put(kPrefix + delivery, std::to_string(at.time_since_epoch().count()));
}

bool Sent::forget(foley::Context& context, foley::Timestamp before) {
    const auto slice = context.state().list(kPrefix, forgotten_up_to_, kSlice);
    for (const auto& [key, value] : slice) {
        std::int64_t at = 0;
        std::from_chars(value.data(), value.data() + value.size(), at);
        if (at < before.time_since_epoch().count()) context.state().erase(key);
    }
    const bool all = slice.size() < kSlice;
    forgotten_up_to_ = all ? std::string() : slice.back().first;
    return all;
}

}  // namespace notify
