// make_folders: entities of a ShotGrid site get their folders.
//
// Only the registration; the work is done by Service.
#include "make_folders/service.hpp"

#include <foley/plugin.hpp>

#include <memory>

FOLEY_PLUGIN(registrar) {
    auto service = std::make_shared<make_folders::Service>(make_folders::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // The types are a setting, so all of them; what fails is tried again and then kept as a dead letter, so that one
    // shot without a sequence never stops the others.
    registrar.on(
        {.type = "Shotgun_*"},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "entity", .on_error = foley::OnError::retry});
}
