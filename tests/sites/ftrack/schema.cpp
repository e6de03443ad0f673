#include "tests/sites/ftrack/schema.hpp"

#include <algorithm>

namespace foley::sim {

namespace {

Type typed_context(const std::string& name) {
    return {name, "TypedContext", {"id"}, {}, {}, {}};
}

std::vector<Type> context_types() {
    return {
        {"Context",
         "",
         {"id"},
         {"name", "context_type", "link", "parent_id", "project_id"},
         {"context_type"},
         {{"children", "TypedContext", true, "id", "parent_id"},
          {"parent", "Context", false, "parent_id", "id"},
          {"project", "Project", false, "project_id", "id"},
          {"assets", "Asset", true, "id", "context_id"},
          {"custom_attributes", "CustomAttributeValue", true, "id", "entity_id"}}},
        {"Project", "Context", {"id"}, {"full_name", "status"}, {}, {}},
        {"TypedContext",
         "Context",
         {"id"},
         {"object_type_id", "status_id", "type_id", "description"},
         {"object_type_id"},
         {{"object_type", "ObjectType", false, "object_type_id", "id"}}},
        typed_context("Task"),
        typed_context("Shot"),
        typed_context("Sequence"),
        typed_context("Folder"),
        typed_context("Episode"),
        typed_context("AssetBuild"),
        typed_context("Milestone"),
    };
}

std::vector<Type> asset_types() {
    return {
        {"Asset",
         "",
         {"id"},
         {"name", "context_id"},
         {},
         {{"parent", "Context", false, "context_id", "id"}, {"versions", "AssetVersion", true, "id", "asset_id"}}},
        {"AssetVersion",
         "",
         {"id"},
         {"version", "asset_id", "task_id", "is_published", "comment", "link", "project_id"},
         {},
         {{"asset", "Asset", false, "asset_id", "id"},
          {"task", "Task", false, "task_id", "id"},
          {"project", "Project", false, "project_id", "id"},
          {"components", "Component", true, "id", "version_id"},
          {"custom_attributes", "CustomAttributeValue", true, "id", "entity_id"}}},
        {"Component",
         "",
         {"id"},
         {"name", "file_type", "system_type", "size", "version_id", "container_id", "padding"},
         {"system_type"},
         {{"version", "AssetVersion", false, "version_id", "id"},
          {"container", "Component", false, "container_id", "id"},
          {"members", "Component", true, "id", "container_id"},
          {"component_locations", "ComponentLocation", true, "id", "component_id"}}},
        {"FileComponent", "Component", {"id"}, {}, {}, {}},
        {"SequenceComponent", "Component", {"id"}, {}, {}, {}},
        {"ContainerComponent", "Component", {"id"}, {}, {}, {}},
        {"ComponentLocation",
         "",
         {"id"},
         {"component_id", "location_id", "resource_identifier"},
         {},
         {{"component", "Component", false, "component_id", "id"},
          {"location", "Location", false, "location_id", "id"}}},
        {"Location", "", {"id"}, {"name", "label", "description"}, {}, {}},
    };
}

std::vector<Type> attribute_types() {
    const std::vector<std::string> pair{"configuration_id", "entity_id"};
    return {
        {"CustomAttributeConfiguration",
         "",
         {"id"},
         {"key", "label", "entity_type", "type_id", "object_type_id", "project_id", "group_id", "is_hierarchical",
          "default", "config", "core", "sort", "read_security_roles", "write_security_roles"},
         {},
         {{"type", "CustomAttributeType", false, "type_id", "id"},
          {"object_type", "ObjectType", false, "object_type_id", "id"},
          {"project", "Project", false, "project_id", "id"},
          {"values", "CustomAttributeValue", true, "id", "configuration_id"}}},
        {"CustomAttributeType", "", {"id"}, {"name"}, {}, {}},
        {"ObjectType", "", {"id"}, {"name", "sort", "is_typeable"}, {}, {}},
        {"SecurityRole", "", {"id"}, {"name", "type"}, {}, {}},
        {"CustomAttributeValue",
         "",
         pair,
         {"key", "value"},
         {"key"},
         {{"configuration", "CustomAttributeConfiguration", false, "configuration_id", "id"}}},
        {"ContextCustomAttributeValue", "CustomAttributeValue", pair, {}, {}, {}},
        {"AssetVersionCustomAttributeValue", "CustomAttributeValue", pair, {}, {}, {}},
        {"Setting", "", {"name", "group"}, {"value"}, {}, {}},
        {"User", "", {"id"}, {"username", "first_name", "last_name", "email", "is_active"}, {}, {}},
        {"Note", "", {"id"}, {"content", "parent_id", "parent_type", "user_id"}, {}, {}},
    };
}

}  // namespace

Schema::Schema() {
    for (auto types : {context_types(), asset_types(), attribute_types()})
        types_.insert(types_.end(), types.begin(), types.end());
}

const Type* Schema::find(std::string_view name) const {
    const auto found =
        std::find_if(types_.begin(), types_.end(), [name](const Type& type) { return type.name == name; });
    return found == types_.end() ? nullptr : &*found;
}

bool Schema::is_a(std::string_view type, std::string_view ancestor) const {
    for (const auto* at = find(type); at != nullptr; at = find(at->base)) {
        if (at->name == ancestor) return true;
    }
    return false;
}

const Relation* Schema::relation(std::string_view type, std::string_view name) const {
    for (const auto* at = find(type); at != nullptr; at = find(at->base)) {
        for (const auto& relation : at->relations) {
            if (relation.name == name) return &relation;
        }
    }
    return nullptr;
}

bool Schema::has_attribute(std::string_view type, std::string_view name) const {
    for (const auto* at = find(type); at != nullptr; at = find(at->base)) {
        for (const auto* names : {&at->attributes, &at->primary_key}) {
            if (std::find(names->begin(), names->end(), name) != names->end()) return true;
        }
    }
    return false;
}

const std::vector<std::string>& Schema::primary_key(std::string_view type) const {
    return find(type)->primary_key;
}

std::vector<std::string> Schema::system(std::string_view type) const {
    std::vector<std::string> out;
    for (const auto* at = find(type); at != nullptr; at = find(at->base))
        out.insert(out.end(), at->system.begin(), at->system.end());
    return out;
}

}  // namespace foley::sim
