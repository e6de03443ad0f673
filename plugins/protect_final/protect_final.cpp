// protect_final: the files of what is final become read-only.
//
// Only the registration; the work is done by Service.
#include "protect_final/service.hpp"

#include <foley/plugin.hpp>

#include <memory>

FOLEY_PLUGIN(registrar) {
    auto service = std::make_shared<protect_final::Service>(protect_final::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // Which types and fields matter is a setting. What fails is tried again and then kept as a dead letter, so that one
    // path that is refused never stops the others.
    registrar.on(
        {.type = "Shotgun_*"},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "change", .on_error = foley::OnError::retry});
}
