// Entity: a task or an asset version of ftrack, the two kinds that carry the location attribute.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace hammertrack {

enum class EntityKind { task, version };

struct Entity {
    EntityKind kind = EntityKind::task;
    std::string id;

    friend auto operator<=>(const Entity&, const Entity&) = default;
    friend bool operator==(const Entity&, const Entity&) = default;
};

// "task/t-1": stored in the plugin's memory, must not change.
std::string to_text(const Entity& entity);
std::optional<Entity> entity_from(std::string_view text);

}  // namespace hammertrack
