#include "core/hosting/host/record_writer.hpp"

#include <utility>

#include <time.h>
#include <unistd.h>

namespace foley::core {
namespace {

std::int64_t monotonic_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

void RecordWriter::begin(const Call& call) noexcept {
    record_.call.store(0, std::memory_order_release);
    record_.phase.store(static_cast<std::uint32_t>(call.phase), std::memory_order_release);
    record_.callback.store(call.callback, std::memory_order_release);
    record_.sequence.store(call.sequence.value, std::memory_order_release);
    record_.delivery.store(call.delivery, std::memory_order_release);
    record_.clock.store(monotonic_ns(), std::memory_order_release);
    record_.call.store(++calls_, std::memory_order_release);
}

void RecordWriter::end() noexcept {
    record_.call.store(0, std::memory_order_release);
    record_.phase.store(static_cast<std::uint32_t>(Phase::idle), std::memory_order_release);
    record_.sequence.store(0, std::memory_order_release);
}

void RecordWriter::progress() noexcept {
    record_.clock.store(monotonic_ns(), std::memory_order_release);
}

bool RecordWriter::attention() noexcept {
    const std::uint32_t now = record_.attention.load(std::memory_order_acquire);
    return std::exchange(seen_attention_, now) != now;
}

void RecordWriter::end_host(Ending ending) noexcept {
    record_.ending.store(static_cast<std::uint32_t>(ending), std::memory_order_release);
    ::_exit(ending == Ending::stopped ? 0 : 70);
}

}  // namespace foley::core
