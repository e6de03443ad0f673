// Sets a shot to finished when its last open task is: asks a ShotGrid site and writes to it.
#include <foley/plugin.hpp>
#include <foley/site/shotgrid.hpp>

#include <memory>

using namespace foley::site::shotgrid;

namespace {

foley::site::Shotgrid connect(foley::Context& context, std::string_view session) {
    auto transport = foley::site::Shotgrid::http_transport(context.site());
    if (context.dry_run()) {
        transport =
            std::make_unique<foley::site::Refuser>(std::move(transport), [&context](const foley::site::Request& write) {
                context.log().info("would have asked for: {}", write.what);
            });
    }
    foley::site::Shotgrid shotgrid(context.site(), std::move(transport));
    shotgrid.set_session(session);  // the page of whoever caused this shows the writes at once
    return shotgrid;
}

foley::Outcome on_status(const foley::Event& event, foley::Context& context) {
    foley::site::Shotgrid shotgrid = connect(context, event.session());
    const auto task = shotgrid.find_one(
        {.type = "Task", .filter = field("id").is(std::stoll(event.entity().id)), .fields = {"entity"}});
    const auto shot = task.IsObject() ? link_of(foley::json::member(task, "entity")) : std::nullopt;
    if (!shot || shot->type != "Shot") return foley::ignored("no task of a shot");
    const auto open = shotgrid.find_one(
        {.type = "Task", .filter = all(field("entity").is(*shot), field("sg_status_list").not_in({"fin", "na"}))});
    if (open.IsNull()) shotgrid.update(shot->type, shot->id, Fields().set("sg_status_list", "fin"));
    return foley::done();
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    registrar.on<on_status>({.type = "Shotgun_Task_Change", .attribute = "sg_status_list"});
}
