#include <foley/plugin.hpp>

static foley::Outcome on_status(const foley::Event& event, foley::Context& context) {
    for (const foley::Change& change : event.changes()) {
        context.log().info("{} {} went from {} to {}", change.entity.type, change.entity.id, change.old_value,
                           change.new_value);
    }
    return foley::done();
}

FOLEY_PLUGIN(registrar) {
    registrar.on<on_status>({.attribute = "status"});
}
