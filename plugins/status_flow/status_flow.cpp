// status_flow: a change of status sets others.
//
// Only the registration; the work is done by Service.
#include "status_flow/service.hpp"

#include <foley/plugin.hpp>

#include <memory>

FOLEY_PLUGIN(registrar) {
    auto service = std::make_shared<status_flow::Service>(status_flow::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // Which types and fields matter is a setting. What fails is tried again and then kept as a dead letter, so that one
    // refusal of the site never stops the others.
    registrar.on(
        {.type = "Shotgun_*"},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "change", .on_error = foley::OnError::retry});
}
