// Subject: the entity that an event of a ShotGrid site is about, and whether its project is wanted.
#pragma once

#include <foley/event.hpp>
#include <foley/json.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fields {

struct Subject {
    std::string type;
    std::int64_t id = 0;
    std::string attribute;   // that changed; empty: the entity as a whole
    std::string action;      // "add", "update", "remove", "revive"
    bool in_create = false;  // the change came with the entity's making

    // "Shot 12", for people.
    std::string shown() const;
};

// Nothing for an event without an entity that can be asked for.
std::optional<Subject> subject_of(const foley::Event& event);

// Projects by id or name. One that is not known is wanted only when none are named.
class Projects {
public:
    Projects() = default;
    Projects(const std::vector<std::string>& only, const std::vector<std::string>& never)
        : only_(only.begin(), only.end()), never_(never.begin(), never.end()) {}
    bool want(const foley::Event& event) const;
    // A project's link as the site sends it: {"type", "id", "name"}; null when there is none.
    bool want(const foley::json::Value& link) const;

private:
    std::set<std::string> only_, never_;
};

}  // namespace fields
