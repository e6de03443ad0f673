// Sets a shot to finished when its last open task is: asks a ShotGrid site and writes to it.
#include <foley/plugin.hpp>
#include <foley/site/shotgrid_connections.hpp>

#include <memory>

using namespace foley::site::shotgrid;

namespace {

class FinishShot {
public:
    foley::Outcome on_status(const foley::Event& event, foley::Context& context) {
        const auto shotgrid = connections_.borrow(event, context);
        const auto task = shotgrid->find_one(
            {.type = "Task", .filter = field("id").is(std::stoll(event.entity().id)), .fields = {"entity"}});
        const auto shot = task.IsObject() ? link_of(foley::json::member(task, "entity")) : std::nullopt;
        if (!shot || shot->type != "Shot") return foley::ignored("no task of a shot");
        const auto open = shotgrid->find_one(
            {.type = "Task", .filter = all(field("entity").is(*shot), field("sg_status_list").not_in({"fin", "na"}))});
        if (open.IsNull()) shotgrid->update(shot->type, shot->id, Fields().set("sg_status_list", "fin"));
        return foley::done();
    }

private:
    foley::site::ShotgridConnections connections_;
};

}  // namespace

FOLEY_PLUGIN(registrar) {
    const auto plugin = std::make_shared<FinishShot>();
    registrar.on(
        {.type = "Shotgun_Task_Change", .attribute = "sg_status_list"},
        [plugin](const foley::Event& event, foley::Context& context) { return plugin->on_status(event, context); });
}
