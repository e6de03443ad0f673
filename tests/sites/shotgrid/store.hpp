// Store: the entities of the simulated site, event log entries among them, and how they read as JSON.
#pragma once

#include "tests/sites/shotgrid/schema.hpp"
#include "tests/sites/shotgrid/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::sim::shotgrid {

struct Row {
    std::vector<Value> values;  // by the place of the field in its type; may be shorter
    bool retired = false;

    const Value& at(std::size_t field) const noexcept;
    Value& slot(std::size_t field);
    std::int64_t id() const { return std::get<std::int64_t>(values[0]); }
};

using Rows = std::map<std::int64_t, Row>;

// "code", or through links: "entity.Shot.sg_sequence.Sequence.code".
struct Path {
    struct Hop {
        std::size_t field;
        std::string type;  // that the link there must have
    };
    std::vector<Hop> hops;
    std::size_t field = 0;
    const Type* type = nullptr;  // of the entity that has the field

    const Field& last() const { return type->fields[field]; }
};

class Store {
public:
    Schema& schema() noexcept { return schema_; }
    const Schema& schema() const noexcept { return schema_; }

    const Rows& rows(std::string_view type) const;
    Rows& rows(std::string_view type);
    const Row* find(const Link& link) const;
    Row* find(const Link& link);
    // A row with the next id, or the one given; overwrites nothing.
    Row& add(const Type& type, std::int64_t id = 0);

    std::optional<Path> resolve(const Type& type, std::string_view path) const;
    const Value& at(const Row& row, const Path& path) const;
    // The value of a field that the type is known to have.
    const Value& at(std::string_view type, const Row& row, std::string_view field) const;

    std::string display_name(const Link& link) const;
    // Exists, and is not retired; what the site never heard of counts as visible.
    bool is_visible(const Link& link) const;
    // {"type", "id", "name"}
    std::string link_json(const Link& link) const;
    std::string json_of(const Value& value, DataType type) const;
    // With `type` and `id`, and each of the fields that exists.
    std::string entity_json(const Type& type, const Row& row, const std::vector<std::string>& fields) const;

private:
    Schema schema_;
    std::map<std::string, Rows, std::less<>> tables_;
};

}  // namespace foley::sim::shotgrid
