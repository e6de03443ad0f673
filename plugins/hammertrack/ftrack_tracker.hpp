// FtrackTracker: asks a real ftrack site.
#pragma once

#include "hammertrack/tracker.hpp"

#include <foley/site/ftrack.hpp>

#include <map>
#include <string>
#include <vector>

namespace hammertrack {

class FtrackTracker final : public Tracker {
public:
    struct Options {
        TaskPath task_path = TaskPath::parent;
        std::string location;  // id of the central storage location; empty: versions have no paths
        std::string prefix;    // of absolute resource identifiers
    };
    // `site` must outlive it.
    FtrackTracker(foley::site::Ftrack& site, Options options) : site_(site), options_(std::move(options)) {}

    // The ids of the attribute's configurations. Without any, nothing has a value.
    void set_configurations(EntityKind kind, std::vector<std::string> ids) { configurations_[kind] = std::move(ids); }

    std::map<Entity, Whereabouts> locate(const std::vector<Entity>& entities) override;
    std::map<std::string, std::vector<Entity>> tasks_of(const std::set<std::string>& parents) override;
    std::map<Entity, Values> values(const std::vector<Entity>& entities) override;
    Page page(EntityKind kind, const std::string& after, std::size_t limit) override;
    std::optional<Entity> version_of_component(const std::string& component) override;

private:
    using Ids = std::vector<std::string>;

    void locate_tasks(const Ids& ids, std::map<Entity, Whereabouts>& result);
    void locate_versions(const Ids& ids, std::map<Entity, Whereabouts>& result);
    void read_values(EntityKind kind, const Ids& ids, std::map<Entity, Values>& result);
    // Short names, which are the folders' names, of the projects that did not come along.
    void fill_project_names(std::map<std::string, std::string>& names);

    foley::site::Ftrack& site_;
    Options options_;
    std::map<EntityKind, Ids> configurations_;
};

// The values in an attribute's value as ftrack gives it: a list of texts, a text with commas, or null.
Values values_in(const foley::json::Value& value);

}  // namespace hammertrack
