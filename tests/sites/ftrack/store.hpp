// The entities of the simulated site, in memory.
//
// Thread: one. Throws: ApiError, as the API reports it.
#pragma once

#include "tests/sites/ftrack/schema.hpp"

#include <foley/json.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace foley::sim {

// {"exception": …, "content": …}
class ApiError : public std::runtime_error {
public:
    ApiError(std::string exception, const std::string& content, unsigned status = 400)
        : std::runtime_error(content), exception_(std::move(exception)), status_(status) {}
    const std::string& exception() const noexcept { return exception_; }
    unsigned status() const noexcept { return status_; }

private:
    std::string exception_;
    unsigned status_;
};

struct Entity {
    std::string type;
    std::uint64_t number = 0;  // in order of creation
    json::Document values{rapidjson::kObjectType};

    std::string text(std::string_view name) const { return std::string(json::text_or_empty(values, name)); }
    void set(std::string_view name, std::string_view value);
    void set(std::string_view name, const json::Value& value);

private:
    void put(std::string_view name, json::Value copy);
};

class Store {
public:
    const Schema& schema() const noexcept { return schema_; }

    // `data` holds attributes and references ({"__entity_type__", "id"}); the primary key has to be in it.
    Entity& create(std::string_view type, const json::Value& data);
    Entity* find(std::string_view type, const std::vector<std::string>& key);
    Entity* find(std::string_view type, const std::string& id) { return find(type, std::vector<std::string>{id}); }
    Entity& get(std::string_view type, const std::string& id);
    void remove(std::string_view type, const std::vector<std::string>& key);
    // Takes over attributes and references.
    void assign(Entity& entity, const json::Value& data);

    // Of that type and those derived from it, in order of creation.
    std::vector<Entity*> all(std::string_view type) const;
    // Those of them whose attribute is one of these texts; only of an attribute that is_indexed().
    std::vector<Entity*> having(std::string_view type, const std::string& name,
                                const std::set<std::string>& values) const;
    static bool is_indexed(std::string_view name);
    std::vector<Entity*> related(const Entity& entity, const Relation& relation) const;
    // `link` of a context or version: from the project to itself.
    json::Document link_of(const Entity& entity) const;
    // From the entity up to its project.
    std::vector<Entity*> ancestry(const Entity& entity) const;
    std::vector<std::string> key_of(const Entity& entity) const;

private:
    Schema schema_;
    std::vector<std::unique_ptr<Entity>> entities_;
    std::map<std::string, std::vector<Entity*>> of_type_;
    std::uint64_t created_ = 0;
    // Entities by (attribute, value), of the attributes that relations use: sites with many thousands stay quick.
    std::multimap<std::pair<std::string, std::string>, Entity*> index_;

    void index(Entity& entity);
    void unindex(Entity& entity);
};

}  // namespace foley::sim
