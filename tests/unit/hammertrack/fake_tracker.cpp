#include "fake_tracker.hpp"

namespace hammertrack_test {

using namespace hammertrack;

void FakeTracker::ask() {
    ++asked;
    if (away) throw foley::SiteError("The site does not answer.", true, foley::SiteError::Kind::connection);
}

std::map<Entity, Whereabouts> FakeTracker::locate(const std::vector<Entity>& entities) {
    ask();
    std::map<Entity, Whereabouts> result;
    for (const Entity& entity : entities) {
        if (entity.kind == EntityKind::task) {
            const auto found = tasks.find(entity.id);
            if (found == tasks.end() || shots.count(found->second.shot) == 0) continue;
            result[entity] = {task_paths("demo", {shots[found->second.shot], found->second.name}, mode),
                              found->second.shot,
                              {"p-1", found->second.shot}};
            if (unclear.count(entity.id) != 0) result[entity] = {{{}, {"It has no link."}}, "", {}, true};
        } else {
            const auto found = versions.find(entity.id);
            if (found == versions.end()) continue;
            std::vector<ComponentPlace> places;
            Whereabouts where;
            for (const auto& [id, identifier] : found->second.components) {
                places.push_back({id, "", identifier});
                where.above.insert(id);
            }
            where.paths = component_paths("/mnt/hs", places);
            result[entity] = std::move(where);
        }
    }
    return result;
}

std::map<std::string, std::vector<Entity>> FakeTracker::tasks_of(const std::set<std::string>& parents) {
    ask();
    std::map<std::string, std::vector<Entity>> result;
    for (const auto& [id, each] : tasks) {
        if (parents.count(each.shot) != 0) result[each.shot].push_back({EntityKind::task, id});
    }
    return result;
}

std::map<Entity, Values> FakeTracker::values(const std::vector<Entity>& entities) {
    ask();
    std::map<Entity, Values> result;
    for (const Entity& entity : entities) {
        if (entity.kind == EntityKind::task && tasks.count(entity.id) != 0) result[entity] = tasks[entity.id].values;
        if (entity.kind == EntityKind::version && versions.count(entity.id) != 0)
            result[entity] = versions[entity.id].values;
    }
    return result;
}

Tracker::Page FakeTracker::page(EntityKind kind, const std::string& after, std::size_t limit) {
    ask();
    Page page;
    const auto add = [&](const auto& all) {
        for (auto each = all.upper_bound(after); each != all.end() && page.rows.size() < limit; ++each) {
            page.rows.emplace(Entity{kind, each->first}, each->second.values);
            page.last = each->first;
        }
        page.more = page.rows.size() == limit;
    };
    if (kind == EntityKind::task) {
        add(tasks);
    } else {
        add(versions);
    }
    return page;
}

std::optional<Entity> FakeTracker::version_of_component(const std::string& component) {
    ask();
    for (const auto& [id, each] : versions) {
        if (each.components.count(component) != 0) return Entity{EntityKind::version, id};
    }
    return std::nullopt;
}

std::map<std::string, std::set<std::string>> FakeTracker::wanted(const LabelMenu& menu) {
    std::map<std::string, std::set<std::string>> result;
    std::vector<Entity> all;
    for (const auto& [id, each] : tasks)
        all.push_back({EntityKind::task, id});
    for (const auto& [id, each] : versions)
        all.push_back({EntityKind::version, id});
    const auto places = locate(all);
    for (const auto& [entity, values] : this->values(all)) {
        const auto place = places.find(entity);
        if (place == places.end()) continue;
        for (const auto& path : place->second.paths.found) {
            for (const auto& value : values) {
                if (const auto label = menu.find(value)) result[path.text()].insert(label->text());
            }
        }
    }
    return result;
}

}  // namespace hammertrack_test
