// RecordView: the daemon's side of a host record (page_layout.hpp): what the host is doing now, and after its end what
// its signal handler wrote. Nothing that stands there is trusted: a broken plugin can write to it.
//
// Owner: the host's session. Thread: the engine's.
#pragma once

#include "core/hosting/crash_report.hpp"
#include "core/hosting/page_layout.hpp"
#include "core/os/mapped_file.hpp"
#include "core/os/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foley::core {

class RecordView {
public:
    // Makes the anonymous file.
    RecordView();

    // What the child inherits.
    int fd() const noexcept { return fd_.get(); }

    struct Call {
        std::uint64_t number = 0;
        Phase phase = Phase::idle;
        std::uint32_t callback = 0;
        Sequence sequence;
        std::chrono::steady_clock::time_point since;  // the begin, or the last report of progress
    };
    // The present call into the plugin; nothing between calls and while it changes.
    std::optional<Call> call() const;
    // When the present or the last call began, or last reported progress.
    std::chrono::steady_clock::time_point last_call() const;

    // Something urgent is on its way to the host.
    void raise_attention();

    Phase phase() const;
    Ending ending() const;
    bool crash_is_complete() const;
    std::optional<CrashRecord> crash() const;

private:
    UniqueFd fd_;
    MappedFile memory_;
    HostRecord* record_;
};

std::string_view to_string(Phase phase) noexcept;

}  // namespace foley::core
