// Service: log_events at work: which events are written, and where to.
//
// Owner: the registration in log_events.cpp. Thread: the callbacks'. A file that cannot be written (a full disk, a
// folder that is not there, no right to) is a hold: everything waits, and no event is left out.
#pragma once

#include "log_events/log_file.hpp"
#include "log_events/settings.hpp"

#include <foley/plugin.hpp>

#include <optional>

namespace log_events {

class Service {
public:
    explicit Service(SettingHandles handles) : handles_(std::move(handles)) {}

    foley::Outcome start(foley::Context& context);
    foley::Outcome on_event(const foley::Event& event, foley::Context& context);

private:
    bool wants(const foley::Event& event) const;

    SettingHandles handles_;
    Settings settings_;
    std::optional<LogFile> file_;
};

}  // namespace log_events
