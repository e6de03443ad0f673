// What the end of a host process means: from its status, from what it noted in its record and from what was asked of
// it, to a reason and a sentence.
#pragma once

#include "core/hosting/host_process.hpp"
#include "core/hosting/record_view.hpp"
#include "core/os/child_process.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace foley::core {

struct HostEnd {
    ExitStatus status;
    Ending ending = Ending::none;
    Phase phase = Phase::idle;
    std::optional<CrashRecord> record;
    std::string callback;  // the name of the one that ran
    std::string refused;   // what the host said when it refused
    std::uint64_t memory_limit = 0;
    bool stop_asked = false;
};

// Fills reason, why, phase and crash.
HostExit explain_exit(const HostEnd& end);

// Why a start that did not come to `done` ended the host.
std::string start_failure(OutcomeCode code, const std::string& why);

// "30 s", "250 ms", "30 min"
std::string to_text(std::chrono::milliseconds duration);

}  // namespace foley::core
