#include "core/foleyd/log_listener.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace foley::core {
namespace {

LogSeverity to_severity(int level) {
    return static_cast<LogSeverity>(std::clamp(level, 0, static_cast<int>(LogSeverity::error)));
}

LogSeverity severity_of(PluginState state) {
    switch (state) {
        case PluginState::disabled:
        case PluginState::refused:
            return LogSeverity::error;
        case PluginState::blocked:
        case PluginState::restarting:
            return LogSeverity::warning;
        default:
            return LogSeverity::info;
    }
}

}  // namespace

void LogListener::on_engine_log(int level, const std::string& text) {
    log_.write("engine", to_severity(level), text);
}

void LogListener::on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence event) {
    log_.write_plugin(plugin, to_severity(level), text, event.value);
}

void LogListener::on_plugin_output(const std::string& plugin, bool is_stderr, const std::string& line) {
    log_.write_output(plugin, is_stderr, line);
}

void LogListener::on_plugin_state(const PluginStatus& status) {
    std::string text = fmt::format("{} is {}", status.name, to_string(status.state));
    if (!status.reason.empty()) text += ": " + status.reason;
    if (!status.waits_for.empty()) text += "; waits for " + status.waits_for;
    log_.write("engine", severity_of(status.state), text);
}

void LogListener::on_crash(const CrashReport& report) {
    std::string text = fmt::format("{} (report {})", report.summary, report.id);
    for (const std::string& frame : report.stack)
        text += "\n" + frame;
    log_.write("engine", LogSeverity::error, text);
}

}  // namespace foley::core
