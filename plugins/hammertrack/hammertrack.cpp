// hammertrack: what an artist chooses in ftrack's location menu becomes labels on the Hammerspace share.
//
// Only the registration; the work is done by Service.
#include "hammertrack/service.hpp"

#include <foley/plugin.hpp>

#include <chrono>
#include <memory>

FOLEY_PLUGIN(registrar) {
    using namespace std::chrono_literals;
    auto service = std::make_shared<hammertrack::Service>(hammertrack::SettingHandles(registrar));
    const auto on_event = [service](const foley::Event& event, foley::Context& context) {
        return service->on_event(event, context);
    };

    registrar.on_start([service](foley::Context& context) { return service->start(context); });
    registrar.on_stop([service](foley::Context&) { service->stop(); });
    // Moves and renames of anything above a task concern it too, and the attribute's key is a setting: so all of
    // ftrack's updates, whatever changed. What fails is tried again and then kept as a dead letter, so that one
    // refusal of the share never stops the others.
    registrar.on({.type = {"ftrack.update"}}, on_event, {.name = "update", .on_error = foley::OnError::retry});
    registrar.on({.type = {"ftrack.location.component-added", "ftrack.location.component-removed"}}, on_event,
                 {.name = "component", .on_error = foley::OnError::retry});
    registrar.on_gap(
        [service](const foley::Gap& gap, foley::Context& context) { return service->on_gap(gap, context); },
        {.name = "gap"});
    registrar.every(1s, [service](foley::Context& context) { return service->tick(context); }, {.name = "reconcile"});
}
