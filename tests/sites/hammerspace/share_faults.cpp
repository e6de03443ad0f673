#include "share_faults.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace foley::sites {
namespace {

constexpr std::array<std::pair<ShareFault, std::string_view>, 16> kWords{{
    {ShareFault::none, "none"},
    {ShareFault::echo, "echo"},
    {ShareFault::error, "error"},
    {ShareFault::silent, "silent"},
    {ShareFault::stale, "stale"},
    {ShareFault::denied, "denied"},
    {ShareFault::full, "full"},
    {ShareFault::io_error, "io_error"},
    {ShareFault::hang_create, "hang_create"},
    {ShareFault::hang_close, "hang_close"},
    {ShareFault::hang_open, "hang_open"},
    {ShareFault::hang_read, "hang_read"},
    {ShareFault::slow, "slow"},
    {ShareFault::long_answer, "long_answer"},
    {ShareFault::no_newline, "no_newline"},
    {ShareFault::not_utf8, "not_utf8"},
}};

}  // namespace

std::string_view to_string(ShareFault fault) noexcept {
    for (const auto& [each, word] : kWords) {
        if (each == fault) return word;
    }
    return "?";
}

ShareFault share_fault_from(std::string_view word) {
    std::string known;
    for (const auto& [fault, each] : kWords) {
        if (each == word) return fault;
        known += (known.empty() ? "" : ", ") + std::string(each);
    }
    throw std::invalid_argument("no such fault: \"" + std::string(word) + "\"; there are " + known);
}

void ShareFaults::set(ShareFault fault, unsigned times) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    left_ = times;
    ++generation_;
    changed_.notify_all();
}

ShareFault ShareFaults::current() const {
    const std::lock_guard lock(mutex_);
    return fault_;
}

bool ShareFaults::strikes(ShareFault fault) {
    const std::lock_guard lock(mutex_);
    if (fault_ != fault) return false;
    if (left_ != 0 && --left_ == 0) fault_ = ShareFault::none;
    return true;
}

bool ShareFaults::hang(ShareFault fault) {
    std::unique_lock lock(mutex_);
    if (fault_ != fault) return false;
    changed_.wait(lock, [&, generation = generation_] { return generation_ != generation; });
    return true;
}

}  // namespace foley::sites
