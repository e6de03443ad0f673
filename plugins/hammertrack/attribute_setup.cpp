#include "hammertrack/attribute_setup.hpp"

#include <foley/site/error.hpp>
#include <foley/site/ftrack_expression.hpp>

#include <algorithm>

namespace hammertrack {
namespace {

namespace json = foley::json;

// The id of the type Task on every site.
constexpr std::string_view kTaskType = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c";

std::string shown(EntityKind kind) {
    return kind == EntityKind::task ? "tasks" : "asset versions";
}

json::Value reference(const std::string& type, const std::string& id, json::Document::AllocatorType& allocator) {
    json::Value value(foley::rapidjson::kObjectType);
    value.AddMember("__entity_type__", json::copy(type, allocator), allocator);
    value.AddMember("id", json::copy(id, allocator), allocator);
    return value;
}

}  // namespace

std::vector<AttributeSetup::Found> AttributeSetup::read() {
    const auto rows = site_.query(
        "select id, key, entity_type, object_type_id, object_type.name, type.name, config, project_id, "
        "is_hierarchical from "
        "CustomAttributeConfiguration where key is " +
        foley::site::ftrack::quoted(options_.key));
    std::vector<Found> found;
    for (const auto& row : rows.GetArray()) {
        const auto entity = json::text_or_empty(row, "entity_type");
        const bool hierarchical = json::is_true(json::member(row, "is_hierarchical"));
        const bool of_tasks = json::text_or_empty(row, "object_type_id") == kTaskType ||
                              json::text_or_empty(row, "object_type", "name") == "Task";
        EntityKind kind = EntityKind::version;
        if (entity == "task" && (of_tasks || hierarchical)) {
            kind = EntityKind::task;
        } else if (entity != "assetversion") {
            continue;
        }
        found.push_back({std::string(json::text_or_empty(row, "id")), kind,
                         std::string(json::text_or_empty(row, "type", "name")),
                         json::to_text(json::member(row, "config")),
                         std::string(json::text_or_empty(row, "project_id")), hierarchical});
    }
    return found;
}

AttributeSetup::Configurations AttributeSetup::find() {
    Configurations configurations;
    for (const auto& each : read()) {
        if (options_.kinds.count(each.kind) != 0) configurations[each.kind].push_back(each.id);
    }
    return configurations;
}

AttributeSetup::Configurations AttributeSetup::ensure() {
    std::set<EntityKind> missing = options_.kinds;
    for (const auto& each : read()) {
        if (options_.kinds.count(each.kind) == 0) continue;
        // One project's own attribute is none for the others.
        if (each.project.empty()) missing.erase(each.kind);
        check(each);
    }
    for (const EntityKind kind : missing)
        create(kind);
    return find();
}

void AttributeSetup::check(const Found& found) {
    const std::string name = "The attribute \"" + options_.key + "\" of " + shown(found.kind) +
                             (found.project.empty() ? "" : " in the project " + found.project + " alone");
    if (!found.project.empty()) log_(Level::info, name + " is followed too. Its menu is that project's own.");
    if (found.type != "enumerator") {
        log_(Level::error, name + " is a \"" + found.type +
                               "\" and no enumerator. Give it another key, or name another "
                               "attribute_key in the settings.");
        return;
    }
    if (found.hierarchical) {
        log_(Level::warning,
             name + " is hierarchical: values inherited from above are not seen, only an entity's own.");
    }
    const auto menu = parse_attribute_config(found.config);
    const auto differing =
        menu ? differences(*menu, options_.menu) : std::vector<std::string>{"its configuration cannot be read"};
    if (differing.empty()) return;
    std::string text;
    for (const auto& each : differing)
        text += (text.empty() ? "" : "; ") + each;
    if (options_.mode != AttributeMode::overwrite || !found.project.empty()) {
        log_(Level::warning, name + " is not as configured: " + text + ".");
        return;
    }
    log_(Level::info, name + " is made as configured: " + text + ".");
    overwrite(found);
}

void AttributeSetup::overwrite(const Found& found) {
    json::Document changes(foley::rapidjson::kObjectType);
    changes.AddMember("config", json::copy(attribute_config(options_.menu), changes.GetAllocator()),
                      changes.GetAllocator());
    try {
        site_.update("CustomAttributeConfiguration", found.id, changes);
    } catch (const foley::SiteError& error) {
        if (error.transient()) throw;
        log_(Level::error, "The menu of the attribute \"" + options_.key + "\" of " + shown(found.kind) +
                               " cannot be changed; an administrator has to do it in ftrack's settings. " +
                               error.what());
    }
}

// Exactly one is wanted.
std::string AttributeSetup::only_id(const std::string& expression, const std::string& what) {
    const auto rows = site_.query(expression + " limit 2");
    if (rows.Size() != 1) {
        throw foley::site::ValidationError("The site has " + std::to_string(rows.Size()) + " " + what +
                                           ", and exactly one was expected.");
    }
    return std::string(json::text_or_empty(rows[0], "id"));
}

void AttributeSetup::create(EntityKind kind) {
    const std::string name = "The attribute \"" + options_.key + "\" of " + shown(kind);
    if (options_.mode == AttributeMode::check) {
        log_(Level::error, name +
                               " does not exist. An administrator has to create it in ftrack's settings: an enumerator "
                               "with several choices, the options as in the settings of this plugin.");
        return;
    }
    try {
        json::Document attributes(foley::rapidjson::kObjectType);
        auto& allocator = attributes.GetAllocator();
        const auto add = [&](const char* key, json::Value value) {
            attributes.AddMember(json::copy(key, allocator), value, allocator);
        };
        add("entity_type", json::copy(kind == EntityKind::task ? "task" : "assetversion", allocator));
        if (kind == EntityKind::task) {
            add("object_type",
                reference("ObjectType",
                          only_id("select id from ObjectType where name is \"Task\"", "object types \"Task\""),
                          allocator));
        }
        add("type", reference("CustomAttributeType",
                              only_id("select id from CustomAttributeType where name is \"enumerator\"",
                                      "attribute types \"enumerator\""),
                              allocator));
        add("key", json::copy(options_.key, allocator));
        add("label", json::copy(options_.label, allocator));
        add("config", json::copy(attribute_config(options_.menu), allocator));
        add("core", json::Value(false));
        add("default", json::copy("", allocator));
        add("is_hierarchical", json::Value(false));
        add("sort", json::Value(0));
        const auto roles = site_.query("select id, name from SecurityRole");
        for (const char* list : {"read_security_roles", "write_security_roles"}) {
            json::Value all(foley::rapidjson::kArrayType);
            for (const auto& role : roles.GetArray()) {
                all.PushBack(reference("SecurityRole", std::string(json::text_or_empty(role, "id")), allocator),
                             allocator);
            }
            add(list, std::move(all));
        }
        site_.create("CustomAttributeConfiguration", attributes);
        log_(Level::info, name + " was created.");
    } catch (const foley::SiteError& error) {
        if (error.transient() || error.kind() == foley::SiteError::Kind::authentication) throw;
        log_(Level::error, name +
                               " cannot be created; an administrator has to do it in ftrack's settings (an enumerator "
                               "with several choices, the options as in the settings of this plugin). " +
                               error.what());
    }
}

}  // namespace hammertrack
