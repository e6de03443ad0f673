#include "core/event/event.hpp"

#include <catch2/catch.hpp>

namespace foley::core {
namespace {

TEST_CASE("an event orders by its entities, each once", "[event][ordering]") {
    Event event;
    event.shape = Shape::shotgrid;
    event.changes = {{"Task", "9", "sg_status_list", "update"}, {"Shot", "12", "x", ""}, {"Task", "9", "y", ""}};
    CHECK(ordering_keys(event) == std::vector<std::string>{"Shot:12", "Task:9"});
    event.changes.push_back({"Project", "", "name", ""});
    CHECK(ordering_keys(event).size() == 2);
    event.changes.clear();
    CHECK(ordering_keys(event).empty());
}

TEST_CASE("an ftrack entity is the same however its type is spelt", "[event][ordering]") {
    Event event;
    event.shape = Shape::ftrack;
    event.changes = {{"task", "4f7e", "location", "update"}, {"Task", "4f7e", "status", "update"}};
    CHECK(ordering_keys(event) == std::vector<std::string>{"4f7e"});
}

TEST_CASE("the name of a shape leads back to it", "[event]") {
    for (const Shape shape : {Shape::plain, Shape::ftrack, Shape::shotgrid, Shape::ayon}) {
        CHECK(shape_from_string(to_string(shape)) == shape);
    }
    CHECK(shape_from_string("Ftrack") == std::nullopt);
}

}  // namespace
}  // namespace foley::core
