// create_entities: what is entered in one entity has another created.
//
// Only the registration; the work is done by Service.
#include "create_entities/service.hpp"

#include <foley/plugin.hpp>

#include <chrono>
#include <memory>

FOLEY_PLUGIN(registrar) {
    using namespace std::chrono_literals;
    auto service = std::make_shared<create_entities::Service>(create_entities::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // Which types and fields matter is a setting. What fails is tried again and then kept as a dead letter, so that one
    // refusal of the site never stops the others.
    registrar.on(
        {.type = "Shotgun_*"},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "change", .on_error = foley::OnError::retry});
    registrar.every(6h, [service](foley::Context& context) { return service->forget(context); }, {.name = "forget"});
}
