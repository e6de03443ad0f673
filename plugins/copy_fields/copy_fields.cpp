// copy_fields: fields of a ShotGrid site that are kept as other fields say.
//
// Only the registration; the work is done by Service.
#include "copy_fields/service.hpp"

#include <foley/plugin.hpp>

#include <memory>

FOLEY_PLUGIN(registrar) {
    auto service = std::make_shared<copy_fields::Service>(copy_fields::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // Types and fields are a setting, so all of a site's events; what is refused is tried again and then kept as a dead
    // letter, so that it never stops the others.
    registrar.on(
        {.type = "Shotgun_*"},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "entity", .on_error = foley::OnError::retry});
}
