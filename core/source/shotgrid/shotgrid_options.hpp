// What a ShotGrid source needs to know.
#pragma once

#include "core/source/gap_tracker.hpp"

#include <foley/site_connection.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace foley::core {

struct ShotgridSourceOptions {
    // The event to begin with the first time ever; later the cursor says where to go on.
    enum class Start { latest, earliest, id, time };

    std::string name;
    SiteConnection connection;
    Start start = Start::latest;
    std::uint64_t start_id = 1;  // the first event wanted
    Timestamp start_time{};

    // Names or ids, and types; a "*" at the end stands for any rest. Empty: all.
    std::vector<std::string> projects, exclude_projects;
    bool without_project = true;  // events of no project are taken, whatever `projects` says
    std::vector<std::string> types, exclude_types;
    bool skip_own_events = false;  // those of the connection's own script

    std::chrono::milliseconds poll{std::chrono::seconds(1)};        // between two looks when something comes
    std::chrono::milliseconds poll_idle{std::chrono::seconds(10)};  // and when nothing has come for a while
    std::size_t page = 500;
    GapTracker::Rules gaps;
    // With so many open gaps nothing newer is read until some are closed: there is something very wrong with the site.
    std::size_t most_gaps = 20'000;

    std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
    std::chrono::milliseconds total_timeout{std::chrono::seconds(60)};
    std::chrono::milliseconds first_delay{500};  // before trying again; doubles
    std::chrono::milliseconds longest_delay{std::chrono::seconds(30)};
    std::chrono::milliseconds refused_delay{std::chrono::seconds(60)};  // after wrong credentials and the like
    std::chrono::milliseconds repeat_error{std::chrono::hours(1)};      // a refusal that lasts is logged again so often
};

}  // namespace foley::core
