#include "hammertrack/entity.hpp"

namespace hammertrack {
namespace {
constexpr std::string_view kTask = "task/";
constexpr std::string_view kVersion = "version/";
}  // namespace

std::string to_text(const Entity& entity) {
    return std::string(entity.kind == EntityKind::task ? kTask : kVersion) + entity.id;
}

std::optional<Entity> entity_from(std::string_view text) {
    if (text.substr(0, kTask.size()) == kTask) return Entity{EntityKind::task, std::string(text.substr(kTask.size()))};
    if (text.substr(0, kVersion.size()) == kVersion) {
        return Entity{EntityKind::version, std::string(text.substr(kVersion.size()))};
    }
    return std::nullopt;
}

}  // namespace hammertrack
