#include "tests/sites/ftrack/site.hpp"

#include "tests/sites/ftrack/query.hpp"

#include <foley/site/ftrack_expression.hpp>

#include <utility>

namespace foley::sim {

namespace {

using site::ftrack::new_id;

// The legacy class that events carry.
std::string entity_class(const std::string& type) {
    if (type == "Project") return "show";
    if (type == "AssetVersion") return "assetversion";
    if (type == "Asset") return "asset";
    return "task";
}

// As events write values: choices joined by comma and blank, everything as text.
std::string event_text(const json::Value& value) {
    if (!value.IsArray()) return value.IsBool() ? (value.GetBool() ? "1" : "0") : json::to_text(value);
    std::string out;
    for (const auto& element : value.GetArray())
        out += (out.empty() ? "" : ", ") + json::to_text(element);
    return out;
}

json::Document object(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    json::Document out(rapidjson::kObjectType);
    for (const auto& [name, value] : members)
        out.AddMember(json::copy(name, out.GetAllocator()), json::copy(value, out.GetAllocator()), out.GetAllocator());
    return out;
}

std::vector<std::string> texts_of(const json::Value& list) {
    std::vector<std::string> out;
    if (list.IsArray()) {
        for (const auto& element : list.GetArray())
            out.push_back(json::to_text(element));
    }
    return out;
}

}  // namespace

Site::Site(std::function<void(const std::string& event)> publish) : publish_(std::move(publish)) {
    add_built_ins();
}

void Site::add_built_ins() {
    const std::pair<const char*, const char*> object_types[] = {
        {kTaskType, "Task"}, {kShotType, "Shot"}, {kSequenceType, "Sequence"}, {kFolderType, "Folder"}};
    for (const auto& [id, name] : object_types)
        store_.create("ObjectType", object({{"id", id}, {"name", name}}));
    for (const char* name : {"text", "boolean", "date", "enumerator", "dynamic enumerator", "number", "expression"})
        store_.create("CustomAttributeType", object({{"id", "cat-" + std::string(name)}, {"name", name}}));
    for (const char* name : {"Administrator", "Project manager", "User", "API"})
        store_.create("SecurityRole", object({{"id", "role-" + std::string(name)}, {"name", name}}));
    store_.create("User", object({{"id", "user-ann"}, {"username", "ann@example.com"}}));
    store_.create("Location", object({{"id", "ce9b348f-8809-11e3-821c-20c9d081909b"}, {"name", "ftrack.origin"}}));
    store_.create("Location", object({{"id", "cb268ecc-8809-11e3-a7e2-20c9d081909b"}, {"name", "ftrack.unmanaged"}}));
}

json::Document Site::server_information() {
    json::Document out =
        json::parse(R"({"version":"25.1.0","schema_hash":"5f0e6c1c2b7a4d5f","is_timezone_support_enabled":true})");
    auto& allocator = out.GetAllocator();
    json::Document scenario(&allocator);
    const auto* setting = store_.find("Setting", std::vector<std::string>{"storage_scenario", "STORAGE"});
    if (setting != nullptr) scenario.Parse(setting->text("value"));
    out.AddMember("storage_scenario", static_cast<json::Value&>(scenario), allocator);
    return out;
}

void Site::operate(const json::Value& operation, const Actor& actor, bool denormalize, json::Document& result) {
    const auto action = json::text_or_empty(operation, "action");
    if (action == "query") {
        run_query(parse_query(json::text_or_empty(operation, "expression")), store_, denormalize, result);
    } else if (action == "create") {
        result = create(operation, actor);
    } else if (action == "update") {
        result = update(operation, actor);
    } else if (action == "delete") {
        remove_entity(operation, actor);
        result = json::parse(R"({"action":"delete","data":true})");
    } else if (action == "query_server_information") {
        result = server_information();
    } else if (action == "query_schemas") {
        std::string schemas;
        for (const auto& type : store_.schema().types())
            schemas += (schemas.empty() ? R"({"id":)" : R"(,{"id":)") + json::quote(type.name) +
                       R"(,"type":"object","properties":{},"primary_key":["id"],"required":[],"immutable":[]})";
        result = json::parse("[" + schemas + "]");
    } else {
        throw ApiError("ValidationError", "there is no action '" + std::string(action) + "'");
    }
}

json::Document Site::create(const json::Value& operation, const Actor& actor) {
    const std::string type(json::text_or_empty(operation, "entity_type"));
    const auto& data = json::member(operation, "entity_data");
    if (!data.IsObject()) throw ApiError("ValidationError", "entity_data is missing");
    const auto answer = json::parse(R"({"action":"create","data":)" + json::stringify(data) + "}");
    json::Document out;
    out.CopyFrom(answer, out.GetAllocator());
    if (store_.schema().is_a(type, "CustomAttributeValue")) {
        auto& configuration =
            store_.get("CustomAttributeConfiguration", std::string(json::text_or_empty(data, "configuration_id")));
        put_value(any(std::string(json::text_or_empty(data, "entity_id"))), configuration, json::member(data, "value"),
                  actor);
        return out;
    }
    Entity& entity = store_.create(type, data);
    if (store_.schema().is_a(type, "Context") || type == "AssetVersion") announce(entity, "add", {}, actor);
    if (type == "ComponentLocation")
        publish_(R"({"id":")" + new_id() + R"(","topic":"ftrack.location.component-added","data":{"component_id":)" +
                 json::quote(entity.text("component_id")) + R"(,"location_id":)" +
                 json::quote(entity.text("location_id")) +
                 R"(},"source":{"id":"server"},"target":"","sent":null,"inReplyToEvent":null})");
    return out;
}

json::Document Site::update(const json::Value& operation, const Actor& actor) {
    const std::string type(json::text_or_empty(operation, "entity_type"));
    const auto& data = json::member(operation, "entity_data");
    const auto key = texts_of(json::member(operation, "entity_key"));
    if (!data.IsObject()) throw ApiError("ValidationError", "entity_data is missing");
    std::string pair;
    if (store_.schema().is_a(type, "CustomAttributeValue")) {
        if (key.size() != 2) throw ApiError("ValidationError", "the key of a value is configuration and entity");
        put_value(any(key[1]), store_.get("CustomAttributeConfiguration", key[0]), json::member(data, "value"), actor);
    } else {
        auto* entity = store_.find(type, key);
        if (entity == nullptr) throw ApiError("NotFoundError", "there is no such " + type, 404);
        std::vector<Changed> changes;
        for (const char* name : {"name", "parent_id"}) {
            const auto before = entity->text(name);
            const auto& after = json::member(data, name);
            if (after.IsString() && before != json::text_or_empty(after))
                changes.push_back({name, before, std::string(json::text_or_empty(after))});
        }
        store_.assign(*entity, data);
        if (!changes.empty() && store_.schema().is_a(type, "Context"))
            announce(*entity, changes.back().key == "parent_id" ? "move" : "update", changes, actor);
    }
    auto out = json::parse(R"({"action":"update","data":)" + json::stringify(data) + "}");
    auto& answer = out["data"];
    const auto& names = store_.schema().primary_key(type);
    for (std::size_t i = 0; i < names.size() && i < key.size(); ++i) {
        if (!answer.HasMember(json::borrow(names[i])))
            answer.AddMember(json::copy(names[i], out.GetAllocator()), json::copy(key[i], out.GetAllocator()),
                             out.GetAllocator());
    }
    return out;
}

void Site::remove_entity(const json::Value& operation, const Actor& actor) {
    const std::string type(json::text_or_empty(operation, "entity_type"));
    const auto key = texts_of(json::member(operation, "entity_key"));
    if (store_.schema().find(type) == nullptr) throw ApiError("ValidationError", "there is no type " + type);
    if (store_.schema().is_a(type, "Context") || type == "AssetVersion") {
        remove(key.empty() ? "" : key[0], actor);
    } else {
        store_.remove(type, key);
    }
}

Entity& Site::any(const std::string& id) {
    for (const char* type : {"Context", "AssetVersion", "Asset", "User"}) {
        if (auto* found = store_.find(type, id)) return *found;
    }
    throw ApiError("NotFoundError", "there is no entity " + id, 404);
}

Entity* Site::configuration_for(const Entity& entity, const std::string& key) {
    const auto wanted = entity_class(entity.type);
    Entity* found = nullptr;
    for (auto* configuration : store_.all("CustomAttributeConfiguration")) {
        if (configuration->text("key") != key) continue;
        const bool hierarchical = json::is_true(json::member(configuration->values, "is_hierarchical"));
        if (configuration->text("entity_type") != wanted && !hierarchical) continue;
        if (wanted == "task" && !hierarchical && configuration->text("object_type_id") != entity.text("object_type_id"))
            continue;
        const auto project = configuration->text("project_id");
        if (!project.empty() && project != entity.text("project_id")) continue;
        if (found == nullptr || !project.empty()) found = configuration;  // the project's own comes first
    }
    return found;
}

Entity* Site::value_of(const Entity& entity, const Entity& configuration) {
    const Relation values{"", "CustomAttributeValue", true, "id", "entity_id"};
    for (auto* value : store_.related(entity, values)) {
        if (value->text("configuration_id") == configuration.text("id")) return value;
    }
    return nullptr;
}

void Site::put_value(Entity& entity, Entity& configuration, const json::Value& value, const Actor& actor) {
    auto* stored = value_of(entity, configuration);
    const auto before = stored == nullptr ? std::string() : event_text(json::member(stored->values, "value"));
    if (stored == nullptr) {
        const auto* type =
            entity.type == "AssetVersion" ? "AssetVersionCustomAttributeValue" : "ContextCustomAttributeValue";
        stored = &store_.create(type, object({{"configuration_id", configuration.text("id")},
                                              {"entity_id", entity.text("id")},
                                              {"key", configuration.text("key")}}));
    }
    stored->set("value", value);
    const auto after = event_text(value);
    if (before != after) announce(entity, "update", {{configuration.text("key"), before, after}}, actor);
}

void Site::announce(const Entity& entity, const std::string& action, const std::vector<Changed>& changes,
                    const Actor& actor) {
    std::string parents;
    std::string parent_ids;
    const auto path = store_.ancestry(entity);
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto& at = *path[i];
        const auto parent = i + 1 < path.size() ? json::quote(path[i + 1]->text("id")) : "null";
        parents += std::string(i == 0 ? "" : ",") + R"({"entityId":)" + json::quote(at.text("id")) +
                   R"(,"entityType":")" + entity_class(at.type) + R"(","entity_type":")" + at.type +
                   R"(","parentId":)" + parent + "}";
        parent_ids += (i == 0 ? "" : ",") + json::quote(at.text("id"));
    }
    std::string keys;
    std::string values;
    for (const auto& change : changes) {
        keys += (keys.empty() ? "" : ",") + json::quote(change.key);
        values += (values.empty() ? "" : ",") + json::quote(change.key) + R"(:{"old":)" + json::quote(change.old_text) +
                  R"(,"new":)" + json::quote(change.new_text) + "}";
    }
    const auto object_type = entity.text("object_type_id");
    publish_(R"({"id":")" + new_id() + R"(","topic":"ftrack.update","sent":null,"target":"","inReplyToEvent":null,)" +
             R"("source":{"id":)" + json::quote(actor.client_token.empty() ? "web-1" : actor.client_token) +
             R"(,"clientToken":)" + json::quote(actor.client_token) + R"(,"applicationId":)" +
             json::quote(actor.application) + R"(,"user":{"username":)" + json::quote(actor.user) + R"(,"id":)" +
             json::quote(actor.user_id) + R"(}},"data":{"clientToken":)" + json::quote(actor.client_token) +
             R"(,"pushToken":"push-1","user":{"userid":)" + json::quote(actor.user_id) + R"(,"name":"Ann+Lee"},)" +
             R"("parents":[)" + parent_ids + R"(],"entities":[{"entity_type":")" + entity.type + R"(","entityType":")" +
             entity_class(entity.type) + R"(","entityId":)" + json::quote(entity.text("id")) + R"(,"parentId":)" +
             (path.size() > 1 ? json::quote(path[1]->text("id")) : "null") + R"(,"objectTypeId":)" +
             (object_type.empty() ? "null" : json::quote(object_type)) + R"(,"action":")" + action + R"(","keys":[)" +
             keys + R"(],"changes":{)" + values + R"(},"parents":[)" + parents + "]}]}}");
}

void Site::set_choices(const std::string& id, const std::string& key, const std::vector<std::string>& values,
                       const Actor& actor) {
    auto& entity = any(id);
    auto* configuration = configuration_for(entity, key);
    if (configuration == nullptr)
        throw ApiError("NotFoundError", entity.type + " has no custom attribute '" + key + "'", 404);
    json::Document list(rapidjson::kArrayType);
    for (const auto& value : values)
        list.PushBack(json::copy(value, list.GetAllocator()), list.GetAllocator());
    put_value(entity, *configuration, list, actor);
}

std::vector<std::string> Site::choices(const std::string& id, const std::string& key) {
    auto& entity = any(id);
    const auto* configuration = configuration_for(entity, key);
    const auto* value = configuration == nullptr ? nullptr : value_of(entity, *configuration);
    return value == nullptr ? std::vector<std::string>() : texts_of(json::member(value->values, "value"));
}

void Site::rename(const std::string& id, const std::string& name, const Actor& actor) {
    auto& entity = store_.get("Context", id);
    const auto before = entity.text("name");
    entity.set("name", name);
    announce(entity, "update", {{"name", before, name}}, actor);
}

void Site::move(const std::string& id, const std::string& parent, const Actor& actor) {
    auto& entity = store_.get("Context", id);
    store_.get("Context", parent);
    const auto before = entity.text("parent_id");
    store_.assign(entity, object({{"parent_id", parent}}));
    announce(entity, "move", {{"parent_id", before, parent}}, actor);
}

std::string Site::add_context(const std::string& type, const std::string& parent, const std::string& name,
                              const Actor& actor) {
    auto id = new_id();
    auto values = object({{"id", id}, {"name", name}});
    auto& allocator = values.GetAllocator();
    values.AddMember("context_type", type == "Project" ? "show" : "task", allocator);
    if (type == "Project") {
        values.AddMember("project_id", json::copy(id, allocator), allocator);
    } else {
        const auto& above = store_.get("Context", parent);
        const std::pair<const char*, const char*> object_types[] = {
            {"Task", kTaskType}, {"Shot", kShotType}, {"Sequence", kSequenceType}, {"Folder", kFolderType}};
        for (const auto& [name_of_type, object_type] : object_types) {
            if (type == name_of_type) values.AddMember("object_type_id", json::borrow(object_type), allocator);
        }
        values.AddMember("parent_id", json::copy(parent, allocator), allocator);
        values.AddMember("project_id", json::copy(above.text("project_id"), allocator), allocator);
    }
    announce(store_.create(type, values), "add", {}, actor);
    return id;
}

void Site::remove(const std::string& id, const Actor& actor) {
    auto& entity = any(id);
    const Relation below{"", "TypedContext", true, "id", "parent_id"};
    for (const auto* child : store_.related(entity, below))
        remove(child->text("id"), actor);
    const Relation values{"", "CustomAttributeValue", true, "id", "entity_id"};
    for (const auto* value : store_.related(entity, values))
        store_.remove(value->type, store_.key_of(*value));
    announce(entity, "remove", {}, actor);
    store_.remove(entity.type, {id});
}

void Site::add_component_location(const std::string& component, const std::string& location,
                                  const std::string& resource_identifier, const Actor& actor) {
    const auto id = new_id();
    create(json::parse(R"({"entity_type":"ComponentLocation","entity_data":{"id":")" + id + R"(","component_id":)" +
                       json::quote(component) + R"(,"location_id":)" + json::quote(location) +
                       R"(,"resource_identifier":)" + json::quote(resource_identifier) + "}}"),
           actor);
}

std::string Site::add_configuration(const std::string& key, const std::string& entity_type,
                                    const std::string& object_type,
                                    const std::vector<std::pair<std::string, std::string>>& menu_and_value,
                                    const AttributeReach& reach) {
    std::string options;
    for (const auto& [menu, value] : menu_and_value)
        options += (options.empty() ? R"({"menu": )" : R"(, {"menu": )") + json::quote(menu) + R"(, "value": )" +
                   json::quote(value) + "}";
    auto id = new_id();
    auto values = object({{"id", id},
                          {"key", key},
                          {"label", key},
                          {"entity_type", entity_type},
                          {"object_type_id", object_type},
                          {"type_id", kEnumeratorType},
                          {"config", R"({"multiSelect": true, "data": )" + json::quote("[" + options + "]") + "}"}});
    values.AddMember("is_hierarchical", reach.hierarchical, values.GetAllocator());
    if (!reach.project.empty())
        values.AddMember("project_id", json::copy(reach.project, values.GetAllocator()), values.GetAllocator());
    store_.create("CustomAttributeConfiguration", values);
    return id;
}

void Site::remove_configuration(const std::string& id) {
    const Relation values{"", "CustomAttributeValue", true, "id", "configuration_id"};
    for (const auto* value : store_.related(store_.get("CustomAttributeConfiguration", id), values))
        store_.remove(value->type, store_.key_of(*value));
    store_.remove("CustomAttributeConfiguration", {id});
}

}  // namespace foley::sim
