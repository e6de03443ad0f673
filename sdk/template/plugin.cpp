// @PLUGIN@: says who changed which status. Change it into what you need.
#include <foley/plugin.hpp>

#include <string>

using namespace std::chrono_literals;

namespace {

// Called for every event that the filter below wants, one at a time.
foley::Outcome on_status(const foley::Event& event, foley::Context& context,
                         const foley::Setting<std::string>& greeting) {
    for (const foley::Change& change : event.changes()) {
        if (change.attribute != "status") continue;
        context.log().info("{}, {}! {} {} went from {} to {}.", context.get(greeting), event.user().name,
                           change.entity.type, change.entity.id, change.old_value, change.new_value);
        // The store outlives the plugin; what is written becomes durable together with the outcome.
        context.state().put("status/" + change.entity.id, change.new_value.text());
    }
    return foley::done();
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    const auto greeting = registrar.setting("greeting", "Hello", "How to address whoever changed a status.");

    registrar.on(
        {.attribute = "status"},
        [greeting](const foley::Event& event, foley::Context& context) { return on_status(event, context, greeting); },
        {.name = "on_status"});

    registrar.every(1h,
                    [](foley::Context& context) {
                        context.log().info("{} statuses are known", context.state().list("status/").size());
                    },
                    {.name = "count"});
}
