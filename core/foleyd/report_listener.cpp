#include "core/foleyd/report_listener.hpp"

#include <foley/abi.h>

#include <fmt/format.h>

namespace foley::core {
namespace {

std::string describe(Sequence sequence, const std::string& type, const std::string& id, const std::string& source) {
    return fmt::format("{} ({} {} of {})", sequence.value, type, id, source);
}

NoticeKind kind_of(Incident::Kind kind) {
    switch (kind) {
        case Incident::Kind::disabled:
            return NoticeKind::disabled;
        case Incident::Kind::load_failed:
            return NoticeKind::reload;
        case Incident::Kind::dead_letter:
            return NoticeKind::dead_letter;
    }
    return NoticeKind::disabled;
}

const char* word_of(OutcomeCode code) {
    switch (code) {
        case OutcomeCode::done:
            return "done";
        case OutcomeCode::ignored:
            return "ignored";
        case OutcomeCode::retry_after:
            return "retry_after";
        case OutcomeCode::hold:
            return "hold";
        case OutcomeCode::failed:
            return "failed";
        case OutcomeCode::again_after:
            return "again_after";
    }
    return "failed";
}

}  // namespace

void ReportListener::on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence event) {
    log_.on_plugin_log(plugin, level, text, event);
    if (level < FOLEY_LOG_ERROR || !mailer_.wants(NoticeKind::log)) return;
    Notice notice;
    notice.kind = NoticeKind::log;
    notice.name = plugin;
    if (event.value != 0) notice.event = std::to_string(event.value);
    notice.what = text;
    notice.at = clock_.now();
    mailer_.report(notice);
}

void ReportListener::on_crash(const CrashReport& report) {
    log_.on_crash(report);
    Notice notice;
    notice.kind = NoticeKind::crash;
    notice.name = report.plugin;
    notice.callback = report.callback;
    if (report.sequence.value != 0) {
        notice.event = describe(report.sequence, report.event_type, report.event_id, report.event_source);
    }
    notice.what = report.what;
    for (const std::string& frame : report.stack)
        notice.details += frame + "\n";
    notice.at = report.at;
    mailer_.report(notice);
}

void ReportListener::on_incident(const Incident& incident) {
    Notice notice;
    notice.kind = kind_of(incident.kind);
    notice.name = incident.plugin;
    notice.callback = incident.callback;
    if (incident.event) {
        const Event& event = *incident.event;
        notice.event = describe(event.sequence, event.type, event.id, event.source);
    }
    notice.what = incident.reason;
    notice.at = clock_.now();
    mailer_.report(notice);
}

void ReportListener::on_callback_timed(const CallbackTime& time) {
    if (timing_log_ == nullptr) return;
    timing_log_->write({.plugin = time.plugin,
                        .callback = time.callback,
                        .event = time.event,
                        .start = time.start,
                        .duration = time.duration,
                        .failed = time.code == OutcomeCode::failed,
                        .outcome = time.crashed ? "crashed" : word_of(time.code)});
}

}  // namespace foley::core
