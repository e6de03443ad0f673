#include "tests/sites/ftrack/store.hpp"

#include <algorithm>
#include <array>

namespace foley::sim {

namespace {

constexpr std::array<const char*, 8> kIndexed = {"id",         "parent_id",    "context_id",   "asset_id",
                                                 "version_id", "container_id", "component_id", "entity_id"};

}  // namespace

void Entity::set(std::string_view name, std::string_view value) {
    put(name, json::copy(value, values.GetAllocator()));
}

void Entity::set(std::string_view name, const json::Value& value) {
    // Through text, so that nothing borrowed is shared.
    json::Document copy(&values.GetAllocator());
    copy.Parse(json::stringify(value));
    put(name, std::move(static_cast<json::Value&>(copy)));
}

void Entity::put(std::string_view name, json::Value copy) {
    auto& allocator = values.GetAllocator();
    const auto member = values.FindMember(json::borrow(name));
    if (member != values.MemberEnd()) {
        member->value = std::move(copy);
    } else {
        values.AddMember(json::copy(name, allocator), copy, allocator);
    }
}

void Store::index(Entity& entity) {
    for (const char* name : kIndexed) {
        const auto value = entity.text(name);
        if (!value.empty()) index_.emplace(std::pair(name, value), &entity);
    }
}

void Store::unindex(Entity& entity) {
    for (const char* name : kIndexed) {
        const auto [begin, end] = index_.equal_range({name, entity.text(name)});
        for (auto at = begin; at != end;)
            at = at->second == &entity ? index_.erase(at) : std::next(at);
    }
}

std::vector<std::string> Store::key_of(const Entity& entity) const {
    std::vector<std::string> key;
    for (const auto& name : schema_.primary_key(entity.type))
        key.push_back(entity.text(name));
    return key;
}

Entity& Store::create(std::string_view type, const json::Value& data) {
    if (schema_.find(type) == nullptr) throw ApiError("KeyError", "there is no type " + std::string(type));
    auto entity = std::make_unique<Entity>();
    entity->type = type;
    entity->number = ++created_;
    entities_.push_back(std::move(entity));
    Entity& created = *entities_.back();
    try {
        assign(created, data);
        const auto key = key_of(created);
        if (std::any_of(key.begin(), key.end(), [](const auto& part) { return part.empty(); }))
            throw ApiError("ValidationError", "a new " + std::string(type) + " has no primary key");
        unindex(created);
        if (find(type, key) != nullptr && find(type, key) != &created)
            throw ApiError("IntegrityError", "a " + std::string(type) + " with this primary key exists");
        index(created);
        of_type_[created.type].push_back(&created);
    } catch (...) {
        unindex(created);
        entities_.pop_back();
        throw;
    }
    return created;
}

void Store::assign(Entity& entity, const json::Value& data) {
    unindex(entity);
    for (const auto& member : data.GetObject()) {
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (name == "__entity_type__") continue;
        const auto* relation = schema_.relation(entity.type, name);
        if (relation != nullptr && !relation->many) {
            const auto id = json::text_or_empty(member.value, relation->remote);
            entity.set(relation->local, id);
        } else if (schema_.has_attribute(entity.type, name)) {
            entity.set(name, member.value);
        } else if (relation == nullptr) {
            index(entity);
            throw ApiError("ValidationError", entity.type + " has no attribute " + std::string(name));
        }
    }
    index(entity);
}

Entity* Store::find(std::string_view type, const std::vector<std::string>& key) {
    const auto* known = schema_.find(type);
    if (known == nullptr || known->primary_key.size() != key.size()) return nullptr;
    if (known->primary_key.front() == "id") {
        const auto [begin, end] = index_.equal_range({"id", key.front()});
        const auto found =
            std::find_if(begin, end, [&](const auto& entry) { return schema_.is_a(entry.second->type, type); });
        return found == end ? nullptr : found->second;
    }
    const auto& names = known->primary_key;
    if (const auto at = std::find_if(names.begin(), names.end(), is_indexed); at != names.end()) {
        for (auto* entity : having(type, *at, {key[static_cast<std::size_t>(at - names.begin())]})) {
            if (key_of(*entity) == key) return entity;
        }
        return nullptr;
    }
    for (const auto& entity : entities_) {
        if (schema_.is_a(entity->type, type) && key_of(*entity) == key) return entity.get();
    }
    return nullptr;
}

Entity& Store::get(std::string_view type, const std::string& id) {
    auto* entity = find(type, id);
    if (entity == nullptr) throw ApiError("NotFoundError", "there is no " + std::string(type) + " " + id, 404);
    return *entity;
}

void Store::remove(std::string_view type, const std::vector<std::string>& key) {
    auto* entity = find(type, key);
    if (entity == nullptr) throw ApiError("NotFoundError", "there is no such " + std::string(type), 404);
    unindex(*entity);
    std::erase(of_type_[entity->type], entity);
    std::erase_if(entities_, [entity](const auto& owned) { return owned.get() == entity; });
}

std::vector<Entity*> Store::all(std::string_view type) const {
    std::vector<Entity*> out;
    for (const auto& [own, entities] : of_type_) {
        if (schema_.is_a(own, type)) out.insert(out.end(), entities.begin(), entities.end());
    }
    std::sort(out.begin(), out.end(), [](const Entity* a, const Entity* b) { return a->number < b->number; });
    return out;
}

bool Store::is_indexed(std::string_view name) {
    return std::find(kIndexed.begin(), kIndexed.end(), name) != kIndexed.end();
}

std::vector<Entity*> Store::having(std::string_view type, const std::string& name,
                                   const std::set<std::string>& values) const {
    std::vector<Entity*> out;
    for (const std::string& value : values) {
        const auto [begin, end] = index_.equal_range({name, value});
        for (auto at = begin; at != end; ++at) {
            if (schema_.is_a(at->second->type, type)) out.push_back(at->second);
        }
    }
    std::sort(out.begin(), out.end(), [](const Entity* a, const Entity* b) { return a->number < b->number; });
    return out;
}

std::vector<Entity*> Store::related(const Entity& entity, const Relation& relation) const {
    std::vector<Entity*> out;
    const auto value = entity.text(relation.local);
    if (value.empty()) return out;
    if (is_indexed(relation.remote)) {
        const auto [begin, end] = index_.equal_range({relation.remote, value});
        for (auto at = begin; at != end; ++at) {
            if (schema_.is_a(at->second->type, relation.target)) out.push_back(at->second);
        }
        return out;
    }
    for (auto* other : all(relation.target)) {
        if (other->text(relation.remote) == value) out.push_back(other);
    }
    return out;
}

std::vector<Entity*> Store::ancestry(const Entity& entity) const {
    std::vector<Entity*> out;
    auto& self = const_cast<Store&>(*this);
    for (auto* at = self.find(entity.type, key_of(entity)); at != nullptr && out.size() < 100;) {
        out.push_back(at);
        if (at->type == "AssetVersion") {
            at = self.find("Asset", at->text("asset_id"));
            if (at != nullptr) at = self.find("Context", at->text("context_id"));
        } else {
            at = self.find("Context", at->text("parent_id"));
        }
    }
    return out;
}

json::Document Store::link_of(const Entity& entity) const {
    json::Document out(rapidjson::kArrayType);
    auto& allocator = out.GetAllocator();
    auto path = ancestry(entity);
    std::reverse(path.begin(), path.end());
    for (const auto* element : path) {
        json::Value item(rapidjson::kObjectType);
        auto name = element->text("name");
        std::string type = "TypedContext";
        if (element->type == "Project") {
            type = "Project";
            if (const auto full = element->text("full_name"); !full.empty()) name = full;
        } else if (element->type == "AssetVersion") {
            type = "AssetVersion";
            name = "v" + json::to_text(json::member(element->values, "version"));
        }
        item.AddMember("id", json::copy(element->text("id"), allocator), allocator);
        item.AddMember("name", json::copy(name, allocator), allocator);
        item.AddMember("type", json::copy(type, allocator), allocator);
        out.PushBack(item, allocator);
    }
    return out;
}

}  // namespace foley::sim
