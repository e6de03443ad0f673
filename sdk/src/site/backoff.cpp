#include "backoff.hpp"

#include <algorithm>
#include <thread>

namespace foley::site {

using std::chrono::milliseconds;

milliseconds Backoff::delay(unsigned attempt, const SiteError& error) {
    const auto full = std::min(longest_, first_ * (1U << std::min(attempt, 16U)));
    const auto span = std::max<milliseconds::rep>(full.count() / 2, 0);
    auto delay = milliseconds(full.count() - std::uniform_int_distribution<milliseconds::rep>(0, span)(random_));
    if (const auto* status = dynamic_cast<const StatusError*>(&error); status != nullptr && status->retry_after())
        delay = std::max(delay, std::min<milliseconds>(*status->retry_after(), longest_));
    return delay;
}

bool Backoff::wait(milliseconds delay) const {
    if (wait_) return wait_(delay);
    std::this_thread::sleep_for(delay);
    return true;
}

}  // namespace foley::site
