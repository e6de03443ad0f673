#include "hammertrack/entity_paths.hpp"

#include "hammertrack/errors.hpp"

#include <algorithm>
#include <set>

namespace hammertrack {
namespace {

SharePath component_path(const std::string& prefix, const std::string& identifier) {
    SharePath path = SharePath::beneath(prefix, identifier);
    if (!is_sequence_name(path.name())) return path;
    const auto folder = path.parent();
    if (!folder) {
        throw PathRefused("The path \"" + identifier +
                          "\" is not labelled: the sequence lies in the share itself, in no folder.");
    }
    return *folder;
}

void add_unique(std::vector<SharePath>& paths, SharePath path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
}

}  // namespace

Paths task_paths(const std::string& project, const std::vector<std::string>& between, TaskPath mode) {
    Paths paths;
    if (between.empty()) {
        paths.refused.emplace_back("A task without a name has no path.");
        return paths;
    }
    std::vector<std::string> names{project};
    names.insert(names.end(), between.begin(), between.end());
    if (mode == TaskPath::parent) names.pop_back();
    try {
        paths.found.push_back(SharePath::from_names(names));
    } catch (const PathRefused& refused) {
        paths.refused.emplace_back(refused.what());
    }
    return paths;
}

Paths component_paths(const std::string& prefix, const std::vector<ComponentPlace>& components) {
    std::set<std::string> ids;
    for (const auto& component : components)
        ids.insert(component.id);
    Paths paths;
    for (const auto& component : components) {
        if (ids.count(component.container_id) != 0) continue;
        try {
            add_unique(paths.found, component_path(prefix, component.resource_identifier));
        } catch (const PathRefused& refused) {
            paths.refused.emplace_back(refused.what());
        }
    }
    return paths;
}

}  // namespace hammertrack
