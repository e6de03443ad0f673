// Placements: which entity is at which path, durably, in both directions; and what it is beneath, so that a renamed
// shot leads to all that has to be looked at. Only entities with labels are remembered.
//
// Keys in the plugin's memory, which must not change:
//   e/<entity>               {"paths": [...], "above": [...], "behind": {"<path>": <Unix seconds>}}
//   p/<path's hash>/<entity>  the path
//   a/<id above>/<entity>
//   q/<entity>               to be followed soon
//
// Thread: the callbacks'. Throws what the memory throws.
#pragma once

#include "hammertrack/entity.hpp"
#include "hammertrack/memory.hpp"
#include "hammertrack/share_path.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hammertrack {

struct Placement {
    using Time = std::chrono::sys_seconds;

    std::set<SharePath> paths;
    std::set<std::string> above;
    // Paths that it has left, but where it could not be seen that none of its labels is there, and since when: the
    // folder is missing, or the share does not say. It has no part in them any more.
    std::map<SharePath, Time> behind = {};
};

class Placements {
public:
    explicit Placements(Memory& memory) noexcept : memory_(memory) {}  // must outlive it

    std::optional<Placement> find(const Entity& entity) const;
    void put(const Entity& entity, const Placement& placement);
    void erase(const Entity& entity);

    // Those that are remembered to be there.
    std::set<Entity> at(const SharePath& path) const;
    std::set<Entity> beneath(const std::string& id) const;
    // In the order of their keys, from after `after`, which becomes the last key read; empty: no more.
    std::vector<Entity> next(std::string& after, std::size_t limit) const;

    // The queue of what is followed when there is time.
    void enqueue(const Entity& entity);
    void dequeue(const Entity& entity);
    std::vector<Entity> queued(std::size_t limit) const;

private:
    std::set<Entity> listed(const std::string& prefix, const SharePath* path) const;

    Memory& memory_;
};

}  // namespace hammertrack
