// FakeTracker: an ftrack in memory, for tests of what is built on Tracker. Tasks belong to shots, shots to one project;
// versions have components with identifiers.
#pragma once

#include "hammertrack/label.hpp"
#include "hammertrack/tracker.hpp"

#include <foley/error.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace hammertrack_test {

class FakeTracker final : public hammertrack::Tracker {
public:
    struct Task {
        std::string name;
        std::string shot;  // id
        hammertrack::Values values;
    };
    struct Version {
        std::map<std::string, std::string> components;  // id -> identifier
        hammertrack::Values values;
    };
    std::map<std::string, std::string> shots;  // id -> name
    std::map<std::string, Task> tasks;
    std::map<std::string, Version> versions;
    hammertrack::TaskPath mode = hammertrack::TaskPath::parent;
    bool away = false;
    std::set<std::string> unclear;  // tasks of which only a part is told
    std::size_t asked = 0;

    std::map<hammertrack::Entity, hammertrack::Whereabouts> locate(
        const std::vector<hammertrack::Entity>& entities) override;
    std::map<std::string, std::vector<hammertrack::Entity>> tasks_of(const std::set<std::string>& parents) override;
    std::map<hammertrack::Entity, hammertrack::Values> values(
        const std::vector<hammertrack::Entity>& entities) override;
    Page page(hammertrack::EntityKind kind, const std::string& after, std::size_t limit) override;
    std::optional<hammertrack::Entity> version_of_component(const std::string& component) override;

    // What every path should have, straight from the definition: the union over all entities there.
    std::map<std::string, std::set<std::string>> wanted(const hammertrack::LabelMenu& menu);

private:
    void ask();
};

inline hammertrack::Entity task(const std::string& id) {
    return {hammertrack::EntityKind::task, id};
}
inline hammertrack::Entity version(const std::string& id) {
    return {hammertrack::EntityKind::version, id};
}

}  // namespace hammertrack_test
