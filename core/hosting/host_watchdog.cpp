#include "core/hosting/host_watchdog.hpp"

#include <algorithm>

namespace foley::core {

HostWatchdog::Verdict HostWatchdog::check(const std::optional<RecordView::Call>& call, const Signs& signs,
                                          SteadyTime now) {
    // By what was seen twice, not by the time of a sign: a call that ended a moment ago began long before.
    if (call || !signs.owes || signs != signs_) {
        signs_ = signs;
        signs_since_ = now;
    }
    if (!call) return signs.owes && now - signs_since_ >= silence_ ? Verdict::silent : Verdict::fine;
    // Loading has the limit for hello, on_stop the limit for stopping.
    if (call->phase == Phase::loading || call->phase == Phase::on_stop) return Verdict::fine;
    const auto running = now - call->since;
    if (running >= timeout_) return Verdict::overdue;
    if (running < warn_ || warned_ == call->number) return Verdict::fine;
    warned_ = call->number;
    return Verdict::slow;
}

std::chrono::milliseconds HostWatchdog::interval() const noexcept {
    return std::clamp(std::min({warn_, timeout_, silence_}) / 8, std::chrono::milliseconds{10},
                      std::chrono::milliseconds{1000});
}

}  // namespace foley::core
