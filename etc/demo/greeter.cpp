// A plugin to play with while `make run` is running: change a text, save, build it again in another terminal with
//
//     cmake --build --preset release --target greeter
//
// and watch it reload between two events. Then write nonsense: it does not build, and the one before it goes on.
#include <foley/plugin.hpp>

static foley::Outcome on_change(const foley::Event& event, foley::Context& context) {
    for (const foley::Change& change : event.changes()) {
        if (change.attribute != "hs_location" && change.attribute != "sg_status_list") continue;
        context.log().info("Hello! {} {} goes from \"{}\" to \"{}\".", change.entity.type, change.entity.id,
                           change.old_value, change.new_value);
    }
    return foley::done();
}

FOLEY_PLUGIN(registrar) {
    registrar.on<on_change>({.type = {"ftrack.update", "Shotgun_Task_Change", "Shotgun_Shot_Change"},
                             .attribute = {"hs_location", "sg_status_list"}});
}
