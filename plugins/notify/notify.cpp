// notify: people and chats hear of what happens on a ShotGrid site.
//
// Only the registration; the work is done by Service.
#include "notify/service.hpp"

#include <foley/plugin.hpp>

#include <chrono>
#include <memory>

FOLEY_PLUGIN(registrar) {
    using namespace std::chrono_literals;
    auto service = std::make_shared<notify::Service>(notify::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // What is wanted is a setting, so all of a site's events; a mail that is refused is tried again and then kept as a
    // dead letter, so that it never stops the others.
    registrar.on(
        {.type = "Shotgun_*"},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "entity", .on_error = foley::OnError::retry});
    registrar.every(6h, [service](foley::Context& context) { return service->forget(context); }, {.name = "forget"});
}
