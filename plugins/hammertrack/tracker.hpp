// Tracker: all that hammertrack asks ftrack. What an event says is never taken for true: the values and the places come
// from here, so the last change wins, whatever is late or repeated.
//
// Thread: the callbacks'. Throws foley::SiteError.
#pragma once

#include "hammertrack/entity.hpp"
#include "hammertrack/entity_paths.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hammertrack {

// The values of the location attribute, as ftrack has them: not yet checked against the menu.
using Values = std::vector<std::string>;

struct Whereabouts {
    Paths paths;
    std::string parent;           // of a task: the id of what it belongs to
    std::set<std::string> above;  // ids whose renaming, moving or removal concerns the entity: parents, components
    bool unclear = false;         // ftrack's answer was not whole, so its paths are not known; the reason is in `paths`
};

class Tracker {
public:
    virtual ~Tracker() = default;

    // Entities that are not in the result do not exist (any more), or are of another type than they are taken for.
    virtual std::map<Entity, Whereabouts> locate(const std::vector<Entity>& entities) = 0;
    // All tasks that belong to any of these.
    virtual std::map<std::string, std::vector<Entity>> tasks_of(const std::set<std::string>& parents) = 0;
    // Entities without a value are not in the result, or have an empty one.
    virtual std::map<Entity, Values> values(const std::vector<Entity>& entities) = 0;

    // The entities that have the attribute, in the order of their ids, from after `after` on.
    struct Page {
        std::map<Entity, Values> rows;
        std::string last;  // id of the last one
        bool more = false;
    };
    virtual Page page(EntityKind kind, const std::string& after, std::size_t limit) = 0;

    // The version that a component belongs to, perhaps by way of its container.
    virtual std::optional<Entity> version_of_component(const std::string& component) = 0;
};

}  // namespace hammertrack
