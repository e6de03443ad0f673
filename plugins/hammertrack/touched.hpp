// Touched: what an event of ftrack may concern. Only a hint: anyone who can log in can publish any event, so each of
// these is looked up before anything is done. Pure.
#pragma once

#include "hammertrack/entity.hpp"
#include "hammertrack/tracker.hpp"

#include <foley/json.hpp>

#include <map>
#include <set>
#include <string>

namespace hammertrack {

struct Touched {
    std::set<Entity> relabelled;       // the attribute changed
    std::map<Entity, Values> said;     // the value after that, where the event names it: hearsay
    std::set<Entity> placed;           // appeared, moved, was renamed, or went
    std::set<std::string> above;       // ids: whatever is remembered beneath has to be looked at
    std::set<std::string> components;  // became available, or are so no more
    std::set<std::string> foreign;     // types of entities that have the attribute and are not handled: "Shot"

    bool empty() const noexcept { return relabelled.empty() && placed.empty() && above.empty() && components.empty(); }
};

struct TouchedOptions {
    std::string attribute;  // "hs_location"
    bool tasks = true;
    bool versions = true;
    std::string location;  // id of the central storage location
};

// Of an event of topic ftrack.update, ftrack.location.component-added or -removed.
Touched read_touched(std::string_view topic, const foley::json::Value& payload, const TouchedOptions& options);

}  // namespace hammertrack
