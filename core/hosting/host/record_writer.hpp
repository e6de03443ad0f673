// RecordWriter: the host's side of the host record (core/hosting/page_layout.hpp): which call into the plugin is going
// on. Plain stores, no system call but the clock, which needs none.
//
// Owner: main. Thread: the main one; progress, sequence and ending also others.
#pragma once

#include "core/event/types.hpp"
#include "core/hosting/page_layout.hpp"

#include <cstdint>

namespace foley::core {

class RecordWriter {
public:
    // The record outlives the writer.
    explicit RecordWriter(HostRecord& record) noexcept : record_(record) {}

    struct Call {
        Phase phase = Phase::idle;
        std::uint32_t callback = 0;
        Sequence sequence{0};
        std::uint64_t delivery = 0;
    };
    void begin(const Call& call) noexcept;
    void end() noexcept;

    // Restarts the watchdog's clock.
    void progress() noexcept;

    Phase phase() const noexcept { return Phase{record_.phase.load(std::memory_order_relaxed)}; }
    // The event in the present callback, 0 outside of one.
    Sequence sequence() const noexcept { return Sequence{record_.sequence.load(std::memory_order_relaxed)}; }

    // Whether the daemon raised its flag since the last time.
    bool attention() noexcept;

    // Ends the process at once, with this note for the daemon. Nothing else of the process runs.
    [[noreturn]] void end_host(Ending ending) noexcept;

private:
    HostRecord& record_;
    std::uint64_t calls_ = 0;
    std::uint32_t seen_attention_ = 0;
};

}  // namespace foley::core
