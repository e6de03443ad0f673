// Event: one thing that happened on a site, as the source received it, with the few facts that the core needs to match
// and to order it. The payload travels on unchanged; the core never parses it again.
#pragma once

#include "core/event/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::core {

// Which site's conventions the payload follows. Stored in the journal: never renumber.
enum class Shape : std::uint8_t {
    plain = 0,     // a JSON object of no particular convention
    ftrack = 1,    // the event object of the ftrack event hub
    shotgrid = 2,  // an EventLogEntry as the ShotGrid API returns it
    ayon = 3,      // an event of the AYON server
};

// Stored in the journal: never renumber.
enum class EventKind : std::uint8_t {
    site = 0,  // happened on the site
    gap = 1,   // the source was away (`foley.gap`); payload {"from": us, "until": us, "reason": text}
};

// What an event did to one attribute of one entity. An event that names an entity but no attribute (created, deleted)
// has one change with an empty attribute.
struct Change {
    std::string entity_type;  // as the site spells it: "Task", "AssetVersion", "Shot"
    std::string entity_id;    // decimal for ShotGrid, UUID for ftrack
    std::string attribute;    // empty: the entity as a whole
    std::string action;       // "add", "update", "remove", "move", or empty

    friend bool operator==(const Change&, const Change&) = default;
};

struct Event {
    Sequence sequence;   // set by the journal
    std::string source;  // the source's name in the configuration
    std::string id;      // the source's own id; (source, id) is unique in the journal
    EventKind kind = EventKind::site;
    Shape shape = Shape::plain;
    std::string type;                   // ftrack: topic; ShotGrid: event_type
    std::vector<std::string> projects;  // ids and names by which a filter may name the project
    std::string user;                   // login or id of who caused it; empty when the site does not say
    std::string actual_user;            // ShotGrid: the script that acted in the name of `user`; mostly empty
    std::vector<Change> changes;
    Timestamp received_at{};            // when the source received it
    std::optional<Timestamp> deadline;  // set when someone waits for a reply; past it the event is not run any more
    std::string payload;                // UTF-8 JSON text as the site sent it
};

// The entities that an event names, as keys that compare equal for the same entity: "Shot:12". Events that share a key
// are handled in journal order. No key: the event orders with nothing. Sorted, unique.
std::vector<std::string> ordering_keys(const Event& event);

std::string_view to_string(Shape shape) noexcept;
std::optional<Shape> shape_from_string(std::string_view text) noexcept;

}  // namespace foley::core
