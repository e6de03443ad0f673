// ReportListener: passes on what the engine tells: all of it to the log, what a person should hear of to the mailer,
// how long callbacks took to the timing log. Thread: the engine's.
#pragma once

#include "core/engine/status.hpp"
#include "core/foleyd/log_listener.hpp"
#include "core/report/mailer.hpp"
#include "core/report/timing_log.hpp"

namespace foley::core {

class ReportListener final : public EngineListener {
public:
    // All outlive the listener. `timing_log` may be null.
    ReportListener(Log& log, Mailer& mailer, TimingLog* timing_log, const Clock& clock)
        : log_(log), mailer_(mailer), timing_log_(timing_log), clock_(clock) {}

    void on_engine_log(int level, const std::string& text) override { log_.on_engine_log(level, text); }
    void on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence event) override;
    void on_plugin_output(const std::string& plugin, bool is_stderr, const std::string& line) override {
        log_.on_plugin_output(plugin, is_stderr, line);
    }
    void on_plugin_state(const PluginStatus& status) override { log_.on_plugin_state(status); }
    void on_crash(const CrashReport& report) override;
    void on_incident(const Incident& incident) override;
    void on_callback_timed(const CallbackTime& time) override;

private:
    LogListener log_;
    Mailer& mailer_;
    TimingLog* timing_log_;
    const Clock& clock_;
};

}  // namespace foley::core
