// LogListener: writes what the engine and the plugins say to the log.
// Thread: the engine's.
#pragma once

#include "core/engine/status.hpp"
#include "core/report/log.hpp"

#include <string>

namespace foley::core {

class LogListener final : public EngineListener {
public:
    // log outlives the listener.
    explicit LogListener(Log& log) : log_(log) {}

    void on_engine_log(int level, const std::string& text) override;
    void on_plugin_log(const std::string& plugin, int level, const std::string& text, Sequence event) override;
    void on_plugin_output(const std::string& plugin, bool is_stderr, const std::string& line) override;
    void on_plugin_state(const PluginStatus& status) override;
    void on_crash(const CrashReport& report) override;

private:
    Log& log_;
};

}  // namespace foley::core
