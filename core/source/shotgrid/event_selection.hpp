// EventSelection: which entries of the event log become events. What is left out is counted, and its id counts as seen.
//
// Owner: Poller. Thread: the source's.
#pragma once

#include "core/event/filter.hpp"
#include "core/source/shotgrid/event_log.hpp"
#include "core/source/shotgrid/shotgrid_options.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace foley::core::shotgrid {

class EventSelection {
public:
    explicit EventSelection(const ShotgridSourceOptions& options);

    // The own script as the site knows it; without it the name decides.
    void set_own_script(std::optional<std::int64_t> id) { own_script_ = id; }

    // Entries that are no events are always taken: they have to be put aside.
    bool takes(const LogEntry& entry) const;

private:
    bool is_own(const LogEntry::Who& who) const;

    Filter wanted_;
    Filter unwanted_types_;
    bool without_project_;
    bool skip_own_;
    std::string script_;
    std::optional<std::int64_t> own_script_;
};

}  // namespace foley::core::shotgrid
