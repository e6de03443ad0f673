// What an event's payload says, whatever the site: which attributes of which entities changed, in which project, by
// whom. This is the one place that knows where each site puts these facts. Plugins see them through foley::Event; the
// daemon's sources fill the facts of the journal from it.
//
// A payload comes from outside: anything may be missing, null or of another type, and then counts as missing. Nothing
// here throws but std::bad_alloc.
#pragma once

#include <foley/json.hpp>
#include <foley/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley {

// Wall-clock time, microseconds since 1970 UTC.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// Whose conventions a payload follows. The numbers are those of FOLEY_SHAPE_… in abi.h.
enum class Shape : std::uint8_t {
    plain = 0,     // foley's own, for the file source: docs/sdk-reference.md
    ftrack = 1,    // the event object of the ftrack event hub
    shotgrid = 2,  // an EventLogEntry as the ShotGrid API returns it
    ayon = 3,      // an event of the AYON server
};

struct Entity {
    std::string type;  // as the site's API spells it: "Task", "AssetVersion", "Shot"
    std::string id;    // decimal for ShotGrid, UUID otherwise
    std::string name;  // empty when the site does not say; ftrack does not
    Value json;        // what the payload holds for it: ftrack's element of data.entities, ShotGrid's link

    bool empty() const noexcept { return type.empty() && id.empty(); }
};

// What an event did to one attribute of one entity, or, when `attribute` is empty, to the entity as a whole.
struct Change {
    Entity entity;
    std::string attribute;
    std::string action;  // "add", "update", "remove", "move", "revive"; empty when the site does not say
    Value old_value;     // null when the site does not say
    Value new_value;
    Value added;  // of a link to several (ShotGrid): what came to it, an array
    Value removed;
};

struct Project {
    std::string id;
    std::string name;

    bool empty() const noexcept { return id.empty() && name.empty(); }
};

struct User {
    std::string type;  // ShotGrid: "HumanUser", "ApiUser"; otherwise empty
    std::string id;
    std::string name;  // login, or the name of the script

    bool empty() const noexcept { return id.empty() && name.empty(); }
};

// The views in it point into the payload that was read.
struct EventFacts {
    std::string id;    // the site's own id of the event
    std::string type;  // ftrack, AYON: topic; ShotGrid: event_type
    std::vector<Change> changes;
    std::vector<Project> projects;  // of all the entities; unique
    User user;                      // who caused it
    User actual_user;               // ShotGrid: the script that acted in the name of `user`; otherwise empty
    std::string session;            // ShotGrid: session_uuid; ftrack: client token; AYON: sender
    std::optional<Timestamp> created_at;
};

EventFacts read_facts(Shape shape, const json::Value& payload);

// "2026-03-31T15:26:16Z", "2022-02-01 20:53:08.523887", "…+02:00", "… UTC"; without a zone it counts as UTC.
std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept;

}  // namespace foley
