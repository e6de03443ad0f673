// Where an entity's labels belong, from what ftrack says about it. Pure.
#pragma once

#include "hammertrack/share_path.hpp"

#include <string>
#include <vector>

namespace hammertrack {

enum class TaskPath {
    parent,  // the folder of what the task belongs to, the shot: as the Python Hammertrack did
    task,    // a folder of the task's own in there
};

// What was found, and a sentence for each path that is never labelled.
struct Paths {
    std::vector<SharePath> found;  // unique
    std::vector<std::string> refused;
};

// `between`: the names from below the project down to the task, the task's own last.
Paths task_paths(const std::string& project, const std::vector<std::string>& between, TaskPath mode);

// A component of a version, available at the central storage location.
struct ComponentPlace {
    std::string id;
    std::string container_id;         // empty: in none
    std::string resource_identifier;  // as stored; relative to the location's prefix, or absolute
};

// A sequence labels its folder; what lies in a container that is labelled itself inherits the label.
Paths component_paths(const std::string& prefix, const std::vector<ComponentPlace>& components);

}  // namespace hammertrack
