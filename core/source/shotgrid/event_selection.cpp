#include "core/source/shotgrid/event_selection.hpp"

#include "core/event/account.hpp"

namespace foley::core::shotgrid {

EventSelection::EventSelection(const ShotgridSourceOptions& options)
    : without_project_(options.without_project), skip_own_(options.skip_own_events), script_(options.connection.user) {
    wanted_.type = options.types;
    wanted_.project = options.projects;
    wanted_.exclude_project = options.exclude_projects;
    unwanted_types_.type = options.exclude_types;
}

bool EventSelection::takes(const LogEntry& entry) const {
    if (!entry.event) return true;
    if (skip_own_ && (is_own(entry.user) || is_own(entry.actual_user))) return false;
    const Event& event = *entry.event;
    if (!unwanted_types_.type.empty() && matches(unwanted_types_, event)) return false;
    if (!event.projects.empty()) return matches(wanted_, event);
    if (!without_project_) return false;
    Filter any_project;
    any_project.type = wanted_.type;
    return matches(any_project, event);
}

bool EventSelection::is_own(const LogEntry::Who& who) const {
    if (who.type != "ApiUser") return false;
    if (own_script_) return who.id == own_script_;
    return names_script(who.name, script_);
}

}  // namespace foley::core::shotgrid
