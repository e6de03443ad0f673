// task_templates: the tasks of what uses a task template follow it.
//
// Only the registration; the work is done by Service.
#include "task_templates/service.hpp"

#include <foley/plugin.hpp>

#include <memory>

FOLEY_PLUGIN(registrar) {
    auto service = std::make_shared<task_templates::Service>(task_templates::SettingHandles(registrar));
    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    // What fails is tried again and then kept as a dead letter, so that one refusal of the site never stops the others.
    registrar.on(
        {.type = {"Shotgun_Task_*", "Shotgun_TaskTemplate_*"}},
        [service](const foley::Event& event, foley::Context& context) { return service->on_event(event, context); },
        {.name = "template", .on_error = foley::OnError::retry});
}
