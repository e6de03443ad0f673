#include "core/hosting/host_exit.hpp"

#include "core/os/signals.hpp"

#include <fmt/format.h>

#include <signal.h>

namespace foley::core {
namespace {

std::string where(const HostEnd& end) {
    if (!end.callback.empty()) return " in " + end.callback;
    if (end.phase == Phase::idle) return " between callbacks";
    return fmt::format(" in {}", end.phase == Phase::loading ? "loading" : to_string(end.phase));
}

bool has_address(int signal) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGTRAP;
}

std::string killed_by(const HostEnd& end, int signal) {
    if (end.record && end.record->cause == CrashRecord::Cause::terminate) {
        return fmt::format("ended by {}{}: {}", signal_name(signal), where(end), end.record->message);
    }
    const bool recorded = end.record && end.record->cause == CrashRecord::Cause::signal;
    std::string text = "killed by " + signal_name(signal);
    if (recorded && has_address(signal)) text += fmt::format(" at address {:#x}", end.record->fault_address);
    text += where(end);
    if (recorded && !end.record->message.empty()) text += ": " + end.record->message;
    if (signal == SIGKILL) text += ", from outside: perhaps by the kernel, because the machine ran out of memory";
    return text;
}

std::string ended_by_itself(const HostEnd& end, int code) {
    if (end.record && end.record->cause == CrashRecord::Cause::exit_called) {
        return fmt::format("the plugin called exit({}){}", code, where(end));
    }
    return fmt::format("the plugin ended the process with code {}{}, by _exit or quick_exit", code, where(end));
}

}  // namespace

HostExit explain_exit(const HostEnd& end) {
    HostExit exit;
    exit.phase = to_string(end.phase);
    exit.crash = end.record;
    exit.reason = HostExit::Reason::crashed;
    if (const auto signal = end.status.signal()) {
        exit.why = killed_by(end, *signal);
        return exit;
    }
    switch (end.ending) {
        case Ending::stopped:
            exit.reason = end.stop_asked ? HostExit::Reason::stopped : HostExit::Reason::protocol;
            exit.why = end.stop_asked ? "stopped" : "ended without being asked to";
            break;
        case Ending::refused:
            exit.reason = HostExit::Reason::refused;
            exit.why = end.refused.empty() ? "refused to start and did not say why" : end.refused;
            break;
        case Ending::daemon_gone:
        case Ending::descriptors_closed:
            exit.why = "the plugin closed the host's descriptors" + where(end);
            break;
        case Ending::protocol:
            exit.reason = HostExit::Reason::protocol;
            exit.why = end.refused.empty() ? "the host could not read what the daemon sent" : end.refused;
            break;
        case Ending::memory_limit:
            exit.reason = HostExit::Reason::memory_limit;
            exit.why = fmt::format("reached its memory limit of {} MiB{}", end.memory_limit >> 20, where(end));
            break;
        case Ending::none:
            exit.why = ended_by_itself(end, end.status.exit_code().value_or(0));
            break;
    }
    return exit;
}

std::string start_failure(OutcomeCode code, const std::string& why) {
    const std::string reason = why.empty() ? "it gave no reason" : why;
    switch (code) {
        case OutcomeCode::hold:
            return "on_start waits: " + reason;
        case OutcomeCode::retry_after:
            return "on_start wants to be called again later: " + reason;
        default:
            return "on_start failed: " + reason;
    }
}

std::string to_text(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    if (count >= 120'000 && count % 60'000 == 0) return fmt::format("{} min", count / 60'000);
    if (count >= 1000 && count % 1000 == 0) return fmt::format("{} s", count / 1000);
    return fmt::format("{} ms", count);
}

}  // namespace foley::core
