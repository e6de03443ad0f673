// log_events: writes the events that match to a file or to the log.
//
// Only the registration; the work is done by Service.
#include "log_events/service.hpp"

#include <foley/plugin.hpp>

#include <memory>

FOLEY_PLUGIN(registrar) {
    auto service = std::make_shared<log_events::Service>(log_events::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // Which events are wanted is a setting. What cannot be written as a line (a payload that is no JSON) is kept as a
    // dead letter.
    registrar.on(
        {}, [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "event", .on_error = foley::OnError::skip});
}
