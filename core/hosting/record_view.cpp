#include "core/hosting/record_view.hpp"

#include "core/hosting/printable.hpp"

#include <algorithm>

namespace foley::core {

RecordView::RecordView()
    : fd_(make_memory_file("foley-host-record", sizeof(HostRecord))),
      memory_(fd_.get(), sizeof(HostRecord)),
      record_(memory_.at<HostRecord>()) {}

std::optional<RecordView::Call> RecordView::call() const {
    const std::uint64_t before = record_->call.load(std::memory_order_acquire);
    if (before == 0) return std::nullopt;
    Call call;
    call.number = before;
    call.phase = phase();
    call.callback = record_->callback.load(std::memory_order_relaxed);
    call.sequence = Sequence{record_->sequence.load(std::memory_order_relaxed)};
    call.since = last_call();
    if (record_->call.load(std::memory_order_acquire) != before || call.phase == Phase::idle) return std::nullopt;
    return call;
}

std::chrono::steady_clock::time_point RecordView::last_call() const {
    return std::chrono::steady_clock::time_point(
        std::chrono::nanoseconds(record_->clock.load(std::memory_order_acquire)));
}

void RecordView::raise_attention() {
    record_->attention.fetch_add(1, std::memory_order_release);
}

Phase RecordView::phase() const {
    const std::uint32_t phase = record_->phase.load(std::memory_order_acquire);
    return phase <= static_cast<std::uint32_t>(Phase::on_stop) ? Phase{phase} : Phase::idle;
}

Ending RecordView::ending() const {
    const std::uint32_t ending = record_->ending.load(std::memory_order_acquire);
    return ending <= static_cast<std::uint32_t>(Ending::memory_limit) ? Ending{ending} : Ending::none;
}

bool RecordView::crash_is_complete() const {
    return record_->crash.state.load(std::memory_order_acquire) == static_cast<std::uint32_t>(CrashState::complete);
}

std::optional<CrashRecord> RecordView::crash() const {
    const CrashArea& area = record_->crash;
    if (area.state.load(std::memory_order_acquire) == static_cast<std::uint32_t>(CrashState::none)) {
        return std::nullopt;
    }
    CrashRecord crash;
    const bool known = area.cause >= 1 && area.cause <= static_cast<std::uint32_t>(CrashRecord::Cause::terminate);
    crash.cause = known ? CrashRecord::Cause{area.cause} : CrashRecord::Cause::signal;
    crash.signal = area.signal;
    crash.signal_code = area.signal_code;
    crash.fault_address = area.fault_address;
    const auto size = [](const std::atomic<std::uint32_t>& count, std::size_t limit) {
        return std::min<std::size_t>(count.load(std::memory_order_acquire), limit);
    };
    crash.message = printable(std::string_view(area.message.data(), size(area.message_size, area.message.size())));
    crash.stack.assign(area.stack.begin(),
                       area.stack.begin() + static_cast<std::ptrdiff_t>(size(area.stack_size, area.stack.size())));
    crash.maps.assign(area.maps.data(), size(area.maps_size, area.maps.size()));
    return crash;
}

std::string_view to_string(Phase phase) noexcept {
    switch (phase) {
        case Phase::idle:
            return "idle";
        case Phase::loading:
            return "loading";
        case Phase::on_start:
            return "on_start";
        case Phase::event:
            return "event";
        case Phase::timer:
            return "timer";
        case Phase::on_stop:
            return "on_stop";
    }
    return "idle";
}

}  // namespace foley::core
