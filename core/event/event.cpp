#include "core/event/event.hpp"

#include <algorithm>

namespace foley::core {

std::vector<std::string> ordering_keys(const Event& event) {
    std::vector<std::string> keys;
    keys.reserve(event.changes.size());
    for (const Change& change : event.changes) {
        if (change.entity_id.empty()) continue;
        // ftrack ids are UUIDs, unique over all types, and the spelling of the type differs between topics
        // ("task", "Task"), so there the id alone is the key.
        if (event.shape == Shape::ftrack) {
            keys.push_back(change.entity_id);
        } else {
            keys.push_back(change.entity_type + ":" + change.entity_id);
        }
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

std::string_view to_string(Shape shape) noexcept {
    switch (shape) {
        case Shape::plain:
            return "plain";
        case Shape::ftrack:
            return "ftrack";
        case Shape::shotgrid:
            return "shotgrid";
        case Shape::ayon:
            return "ayon";
    }
    return "unknown";
}

std::optional<Shape> shape_from_string(std::string_view text) noexcept {
    for (const Shape shape : {Shape::plain, Shape::ftrack, Shape::shotgrid, Shape::ayon}) {
        if (text == to_string(shape)) return shape;
    }
    return std::nullopt;
}

}  // namespace foley::core
