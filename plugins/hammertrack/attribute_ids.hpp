// AttributeIds: the ids of the location attribute's configurations, kept up to date for the tracker, which finds values
// by them. Someone may create the attribute by hand, make it anew or add it for one project at any time, and no event
// tells of that; what shows it is an event whose value is not the one that is found. Mostly, though, such an event is
// just late.
//
// Owner: Service. Thread: the callbacks'. Throws foley::SiteError.
#pragma once

#include "hammertrack/attribute_setup.hpp"
#include "hammertrack/ftrack_tracker.hpp"
#include "hammertrack/touched.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>

namespace hammertrack {

class AttributeIds {
public:
    using Clock = std::chrono::steady_clock;

    // Both must outlive it.
    AttributeIds(AttributeSetup& setup, FtrackTracker& tracker, std::set<EntityKind> kinds)
        : setup_(setup), tracker_(tracker), kinds_(std::move(kinds)) {}

    // Creates or changes what the settings ask for, and reads.
    void ensure() { keep(setup_.ensure()); }
    // True: there are other ids now.
    bool read() { return keep(setup_.find()); }

    // Of an event, and what was found for the entities asked about. True: other ids were found, so the values have to
    // be read again. Reads where nothing was found for an entity, and otherwise not more often than every few seconds.
    bool learn(const Touched& touched, const std::set<Entity>& asked, const std::map<Entity, Values>& values,
               Clock::time_point now);
    // Reads when learn() put it off. True: there are other ids by now, and some events were judged by the old ones.
    bool catch_up(Clock::time_point now);

private:
    enum class Doubt { none, some, grave };
    static Doubt doubt(const Touched& touched, const std::set<Entity>& asked, const std::map<Entity, Values>& values);
    bool keep(AttributeSetup::Configurations found);
    bool is_recent(Clock::time_point now) const noexcept;

    AttributeSetup& setup_;
    FtrackTracker& tracker_;
    std::set<EntityKind> kinds_;
    AttributeSetup::Configurations ids_;
    std::optional<Clock::time_point> learnt_;                // when it was last read for an event
    std::optional<AttributeSetup::Configurations> put_off_;  // the ids when learn() first did
};

}  // namespace hammertrack
